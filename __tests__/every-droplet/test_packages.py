"""scale-up-packages: what it does about everything that may come between a droplet and its packages."""

import os
import unittest
from configparser import RawConfigParser
from unittest import mock

from stage import ROOT, Stage, load, packages, said

LOCK = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)\n"
AWAY = "E: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease  Could not connect to deb.debian.org:80\n"
NONE = (0, "installed curl\n", "dpkg-query: no packages found matching nginx\n")
ALL = (0, "installed curl\ninstalled nginx\n", "")


class Boot(Stage):
    def setUp(self):
        super().setUp()
        self.program = load("scale-up-packages")
        self.enterContext(mock.patch.object(self.program, "ENVIRONMENT", dict(os.environ)))
        for name in ("start.d", "lists"):
            (self.folder / name).mkdir()
        self.place(self.program, STEPS="start.d", APT_LISTS="lists")
        self.pauses = []
        self.program.time = mock.Mock(monotonic=lambda: 0, time=lambda: 1_795_000_000, sleep=self.pause)
        self.step("10-every-droplet")
        self.step("50-web")

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.assertLess(sum(self.pauses), 900, "it never comes to an end")

    def step(self, name, status=0):
        step = self.put(f"start.d/{name}", f"#!/bin/sh\necho {name} >> {self.folder}/steps\nexit {status}\n")
        step.chmod(0o755)

    def steps(self):
        path = self.folder / "steps"
        return path.read_text().split() if path.exists() else []


class FirstBoot(Boot):
    def setUp(self):
        super().setUp()
        packages.SET_UP.unlink()

    def test_installs_what_is_missing_and_then_starts_the_role(self):
        self.answers("dpkg-query", NONE, ALL)
        self.assertEqual(said(self.program.main), [
            "<6>packages: installing nginx",
            "<5>packages: all are there, after 0 s",
        ])  # fmt: skip
        self.assertEqual(self.calls("apt-get"), ["apt-get update", "apt-get install", "apt-get install nginx"])
        self.assertEqual(self.steps(), ["10-every-droplet", "50-web"])
        self.assertTrue(packages.SET_UP.exists())
        self.assertFalse(packages.WAITING.exists())

    def test_waits_ten_minutes_and_more_for_a_lock_and_says_so_once(self):
        self.answers("dpkg-query", *[NONE] * 131, ALL)
        self.answers("apt-get-update", *[(100, "", LOCK)] * 130, (0, "", ""))
        self.assertEqual(said(self.program.main)[1], (
            "<4>packages: another program uses apt or dpkg (E: Could not get lock /var/lib/dpkg/lock-frontend. "
            "It is held by process 812 (unattended-upgr)). Going on until they are there."
        ))  # fmt: skip
        self.assertEqual(self.pauses, [5] * 130)
        self.assertTrue(packages.SET_UP.exists())

    def test_waits_for_a_mirror_that_is_away_and_asks_it_less_and_less_often(self):
        self.answers("dpkg-query", *[NONE] * 8, ALL)
        self.answers("apt-get-update", *[(100, "", AWAY)] * 7, (0, "", ""))
        self.answers("apt-get-install", *[(0, "", ""), (100, "", "E: Unable to locate package nginx\n")] * 7, (0, "", ""))
        lines = said(self.program.main)
        self.assertEqual([line for line in lines if line.startswith("<4>")], [
            f"<4>packages: the distribution's mirror does not answer ({AWAY.strip()}). Going on until they are there.",
        ])  # fmt: skip
        self.assertEqual(self.pauses, [5, 5, 10, 20, 20, 20, 20])

    def test_does_not_stop_at_somebody_elses_repository(self):
        self.answers("dpkg-query", NONE, ALL)
        self.answers("apt-get-update", (100, "", "E: The repository 'https://repos.example.com InRelease' is not signed.\n"))
        said(self.program.main)
        self.assertEqual(self.pauses, [])
        self.assertTrue(packages.SET_UP.exists())

    def test_tells_others_since_when_and_why_in_words_of_its_own(self):
        packages.wait_for("they are being installed", 1_794_999_000)
        self.answers("dpkg-query", NONE, NONE, ALL)
        self.answers("apt-get-install", (0, "", ""), (100, "", "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"), (0, "", ""))
        seen = []
        self.program.time.sleep = lambda _: seen.append(packages.waiting())
        said(self.program.main)
        self.assertEqual(seen, [("2026-11-18 10:50 UTC", "the installation of a package fails")])

    def test_is_not_content_before_dpkg_itself_has_every_package(self):
        self.answers("dpkg-query", NONE, NONE, NONE, NONE, ALL)
        said(self.program.main)
        self.assertEqual(self.pauses, [5, 5])

    def test_configures_what_a_power_cut_left_half_done_before_anything_else(self):
        self.put("dpkg/updates/0001", "")
        self.answers("dpkg-query", NONE, ALL)
        said(self.program.main)
        every = (self.folder / "answers/calls").read_text().splitlines()
        configure = every.index("dpkg --force-confdef --force-confold --configure -a")
        self.assertLess(configure, min(i for i, call in enumerate(every) if call.startswith("apt-get")))

    def test_throws_away_an_index_that_a_power_cut_left_incomplete(self):
        index = self.put("lists/deb.debian.org_debian_dists_trixie_InRelease", "half of")
        self.answers("dpkg-query", NONE, NONE, ALL)
        broken = "E: The package lists or status file could not be parsed or opened.\n"
        self.answers("apt-get-install", (100, "", broken), (0, "", ""))
        said(self.program.main)
        self.assertFalse(index.exists())

    def test_has_our_files_written_once_the_packages_are_there_and_before_the_role_starts(self):
        self.answers("cloud-init", (1, "", "No space left on device\n"), (0, "", ""))
        self.program.time.sleep = lambda _: self.assertEqual(self.steps(), [])
        self.assertIn("cloud-init can't write the role's files", said(self.program.main)[0])
        self.assertEqual(self.calls("cloud-init"), ["cloud-init single write_files_deferred always"] * 2)
        self.assertEqual(self.steps(), ["10-every-droplet", "50-web"])

    def test_puts_the_files_in_their_places_that_a_package_must_not_find_before(self):
        place = self.put("root/etc/nginx/nginx.conf", "the package's")
        self.put("deferred/etc/nginx/nginx.conf", "ours")
        self.put("deferred/var/www/html/index.html", "ours")
        self.place(self.program, DEFERRED="deferred", ROOT="root")
        said(self.program.main)
        self.assertEqual([place.read_text(), (self.folder / "root/var/www/html/index.html").read_text()], ["ours", "ours"])
        self.assertEqual(self.steps(), ["10-every-droplet", "50-web"])

    def test_begins_the_start_anew_when_a_step_of_it_fails(self):
        self.step("50-web", 1)
        self.program.time.sleep = lambda _: self.step("50-web", 0)
        self.assertIn("the start of the role fails at 50-web", said(self.program.main)[0])
        self.assertEqual(self.steps(), ["10-every-droplet", "50-web"] * 2)

    def test_says_that_the_disk_is_full(self):
        self.answers("dpkg-query", NONE, NONE, ALL)
        self.answers("apt-get-install", (100, "", "E: You don't have enough free space in /var/cache/apt/archives/.\n"), (0, "", ""))
        self.assertIn("<4>packages: the disk is full", said(self.program.main)[1])


class LaterBoot(Boot):
    def test_leaves_a_droplet_alone_with_which_all_is_well(self):
        self.assertEqual(said(self.program.main), [])
        self.assertEqual(self.calls("apt-get") + self.steps(), [])

    def test_mends_an_upgrade_that_was_killed_half_way_and_starts_nothing_anew(self):
        self.answers("dpkg", (0, "The following packages are only half configured\n nginx\n", ""), (0, "", ""))
        self.assertEqual(said(self.program.main), [
            "<6>packages: installing what was left half done",
            "<5>packages: all are there, after 0 s",
        ])  # fmt: skip
        self.assertEqual(self.calls("apt-get"), ["apt-get update", "apt-get install"])
        self.assertEqual(self.steps(), [])


class Unit(unittest.TestCase):
    """What starts the program, and how long systemd lets it be."""

    def setUp(self):
        unit = RawConfigParser(strict=False)
        unit.optionxform = str
        unit.read_string((ROOT / "etc/systemd/system/scale-up-packages.service").read_text())
        self.unit = {name: value for section in ("Unit", "Service") for name, value in unit[section].items()}

    def test_has_no_end_to_its_patience(self):
        self.assertEqual({name: value for name, value in self.unit.items() if name.startswith(("Timeout", "Runtime", "Job", "StartLimit"))}, {
            # A oneshot starts for as long as it runs.
            "TimeoutStartSec": "infinity",
            "StartLimitIntervalSec": "0",
        })  # fmt: skip
        self.assertEqual((self.unit["Type"], self.unit["Restart"]), ("oneshot", "on-failure"))

    def test_is_the_last_to_go_where_memory_runs_out_as_the_daily_upgrade_is_which_it_mends(self):
        upgrade = (ROOT / "etc/systemd/system/apt-daily-upgrade.service.d/20-half-done.conf").read_text()
        self.assertEqual(self.unit["OOMScoreAdjust"], "-800")
        self.assertIn("\nOOMScoreAdjust=-800\n", upgrade)
        self.assertIn("\nExecStopPost=/usr/bin/systemctl start --no-block scale-up-packages.service\n", upgrade)

    def test_is_waited_for_by_the_updates_of_the_distribution(self):
        self.assertEqual(self.unit["Before"].split(), ["apt-daily.service", "apt-daily-upgrade.service"])
