"""What a proof has to find."""

import unittest
from types import SimpleNamespace
from unittest import mock

from volume import NOON, Volume, at, snapshot

from backups import places, proof, restored, state
from backups.trouble import Trouble


class Proof(Volume):
    def setUp(self):
        super().setUp()
        self.patch(proof, "FOLDER", places.WORK / "proof")
        self.patch(proof, "log", lambda *_: None)
        self.bases = mock.Mock()

    def prove(self, heartbeat, reach=NOON):
        proof.FOLDER.mkdir()
        plan = self.enterContext(mock.patch.object(restored, "plan", return_value=SimpleNamespace(base=snapshot("newest"))))
        self.patch(restored, "make", lambda *_, **__: SimpleNamespace(heartbeat=heartbeat, reach=reach))
        try:
            proof.make(SimpleNamespace(bases=self.bases))
        finally:
            plan.assert_called_once_with(mock.ANY, None, state.lineage())
            self.assertFalse(proof.FOLDER.exists())

    def test_marks_the_base(self):
        self.prove("2026-11-28 11:59:01.000001")
        self.assertEqual(self.bases.run.call_args.args[:2], ("tag", "--add"))
        self.assertRegex(self.bases.run.call_args.args[2], "^proven=.*Z$")
        self.assertEqual(self.bases.run.call_args.args[3], "newest")

    def test_is_none_without_a_heartbeat_or_with_one_from_long_before_the_end_of_the_logs(self):
        with self.assertRaisesRegex(Trouble, "found no heartbeat"):
            self.prove(None)
        with self.assertRaisesRegex(Trouble, "logs up to 2026-11-28T12:06:00Z, and the last heartbeat in the restored data is of 2026-11-28 12:00:59.9 UTC"):
            self.prove("2026-11-28 12:00:59.9", at(minutes=6))
        self.bases.run.assert_not_called()


if __name__ == "__main__":
    unittest.main()
