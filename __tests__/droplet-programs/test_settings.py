"""scale-up-settings: whether the database droplet has the settings that were deployed last."""

from stage import Stage, load

NAME = "settings.database.production.internal.foobar.com"


class Settings(Stage):
    commands = ("dig",)

    def setUp(self):
        super().setUp()
        self.program = load("database/usr/local/sbin/scale-up-settings")
        self.program.STACK = self.folder / "stack.env"
        self.program.STACK.write_text("NAME=production-database-1\nINTERNAL_DOMAIN=production.internal.foobar.com\n")
        self.program.NOTE = self.folder / "notes" / "settings"

    def told(self, answer: str, status: int = 0) -> str | None:
        """What it notes once the name servers have said that."""
        self.roles.insert(0, ([NAME, "TXT"], (status, answer, "")))
        self.play()
        self.program.main()
        return self.program.NOTE.read_text() if self.program.NOTE.exists() else None

    def test_notes_old_ones_until_it_has_the_present_ones(self):
        self.assertIsNone(self.told('"current"\n'))
        self.assertRegex(self.told('"old"\n'), r"^It was made from other settings .*database\.revision.*\n$")
        self.assertIsNone(self.told('"current"\n'))

    def test_keeps_what_it_knows_when_nobody_or_somebody_else_answers(self):
        self.assertIsNone(self.told("", 9))
        self.assertIsNone(self.told('"perhaps"\n'))
        noted = self.told('"old"\n')
        for answer in (("", 9), ("", 0), ('"perhaps"\n', 0), ('"old"\n"current"\n', 0)):
            self.assertEqual(self.told(*answer), noted)
