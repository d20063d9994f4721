"""What a droplet says of itself, on its page and to `scale-up status`."""

import contextlib
import os
import threading
import time
import urllib.error
import urllib.request
from types import SimpleNamespace
from unittest import mock

from stage import Stage, load, packages, troubles

ROOT_DISK = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard,errors=remount-ro\n"
VOLUME = "61 22 8:0 / /mnt/database rw,noatime shared:2 - ext4 /dev/sda rw\n"
OTHERS = """\
23 22 0:21 / /proc rw shared:3 - proc proc rw
24 22 7:0 / /snap/core22/1 ro,nodev,relatime shared:4 - squashfs /dev/loop0 ro
25 22 0:5 / /dev/shm rw - tmpfs tmpfs rw
62 22 8:0 /mysql /var/lib/mysql rw,noatime shared:2 - ext4 /dev/sda rw
63 22 254:1 /etc /etc ro,relatime - ext4 /dev/vda1 rw
"""
HALF_FULL = SimpleNamespace(f_blocks=1000, f_bfree=500, f_bavail=450, f_files=1000, f_ffree=900)


class Healthy(Stage):
    def setUp(self):
        super().setUp()
        self.answers("systemctl-list-units", (0, "", ""))
        self.answers("systemctl-is-active", (0, "active\n", ""))
        self.answers("timedatectl-show", (0, "yes\n", ""))
        self.put("services", "nginx.service\n")
        self.put("mountinfo", ROOT_DISK + VOLUME + OTHERS)
        self.place(troubles, SERVICES="services", MOUNTS="mountinfo", CONTAINER="container", REBOOT_REQUIRED="reboot-required", TOLD="told", NOTES="notes")
        self.disks = {}
        self.enterContext(mock.patch("os.statvfs", self.statvfs))

    def statvfs(self, place):
        return SimpleNamespace(**vars(HALF_FULL) | self.disks.get(str(place), {}))


class Troubles(Healthy):
    def is_wrong(self, *sentences):
        self.assertEqual(troubles.troubles(), list(sentences))

    def test_none_on_a_healthy_droplet(self):
        self.is_wrong()

    def test_packages_that_it_waits_for_since_when_and_why(self):
        packages.SET_UP.unlink()
        packages.wait_for("another program uses apt or dpkg", 1_795_000_000)
        self.answers("dpkg-query", (1, "installed curl\n", "dpkg-query: no packages found matching nginx\n"))
        self.is_wrong("packages are missing (nginx) since 2026-11-18 11:06 UTC: another program uses apt or dpkg")

    def test_a_role_that_was_not_started(self):
        packages.SET_UP.unlink()
        self.is_wrong("the droplet is not set up")
        packages.wait_for("the start of the role fails at 50-web", 1_795_000_000)
        self.is_wrong("the droplet is not set up since 2026-11-18 11:06 UTC: the start of the role fails at 50-web")

    def test_a_package_that_has_gone_but_not_one_that_is_just_being_upgraded(self):
        self.answers("dpkg-query", (0, "installed curl\nunpacked nginx\n", ""))
        self.is_wrong()
        os.utime(packages.DPKG / "status", (time.time() - 400,) * 2)
        self.is_wrong("packages are missing (nginx)")

    def test_each_failed_unit(self):
        self.answers("systemctl-list-units", (0, "certbot.service loaded failed failed Certbot\nvar-lib-mysql.mount loaded failed failed\n", ""))
        self.is_wrong("certbot.service has failed", "var-lib-mysql.mount has failed")

    def test_a_service_of_the_role_that_does_not_run_yet_or_any_more(self):
        self.put("services", "haproxy.service\nscale-up-reserved-ip.service\n")
        self.answers("systemctl-is-active", (3, "activating\ninactive\n", ""), (0, "active\n", ""))
        self.is_wrong("haproxy.service does not run", "scale-up-reserved-ip.service does not run")

    def test_a_monitoring_agent_that_was_never_installed(self):
        self.answers("systemctl-is-active", (0, "active\n", ""), (4, "inactive\n", ""))
        self.is_wrong("the monitoring agent does not run: DigitalOcean's alerts on this droplet are silent")

    def test_a_disk_above_85_per_cent_each_by_its_name_and_once(self):
        self.disks = {"/": {"f_bfree": 150, "f_bavail": 100}, "/mnt/database": {"f_bfree": 150, "f_bavail": 150}}
        self.is_wrong("the disk at / is 89% full")
        self.disks = {"/mnt/database": {"f_bfree": 140, "f_bavail": 140}}
        self.is_wrong("the disk at /mnt/database is 86% full")

    def test_a_disk_without_inodes(self):
        self.disks = {"/": {"f_ffree": 10}}
        self.is_wrong("the disk at / is 99% full of files")

    def test_a_disk_that_the_kernel_has_made_read_only(self):
        self.put("mountinfo", ROOT_DISK + VOLUME.replace("/dev/sda rw", "/dev/sda ro"))
        self.is_wrong("the disk at /mnt/database can't be written to")

    def test_a_clock_that_nobody_sets_but_not_in_a_container(self):
        self.answers("timedatectl-show", (0, "no\n", ""))
        self.is_wrong("its time is not synchronised")
        self.put("container", "systemd-nspawn")
        self.is_wrong()

    def test_a_reboot_that_is_pending_for_more_than_two_days(self):
        required = self.put("reboot-required", "")
        self.is_wrong()
        os.utime(required, (time.time() - 3 * 86400,) * 2)
        self.is_wrong("a reboot is pending for 3 days")

    def test_what_a_program_of_the_role_has_told(self):
        (self.folder / "told").mkdir()
        self.put("told/release", "release 1.6 can't be pulled: the registry has no such release; 1.5 serves on\n")
        self.is_wrong("release 1.6 can't be pulled: the registry has no such release; 1.5 serves on")

    def test_whatever_can_not_be_found_out(self):
        (self.folder / "services").unlink()
        (self.folder / "mountinfo").unlink()
        self.put("state/waiting.json", "{")
        self.answers("systemctl-list-units", (1, "", "Failed to connect to bus: No such file or directory\n"))
        self.answers("timedatectl-show", (1, "", "Failed to query server: Connection timed out\n"))
        self.answers("systemctl-is-active", (0, "", ""))
        self.is_wrong(
            "it is unknown whether packages are missing",
            "it is unknown whether units have failed",
            "it is unknown whether its services run",
            "the monitoring agent does not run: DigitalOcean's alerts on this droplet are silent",
            "it is unknown how full its disks are",
            "it is unknown whether its time is synchronised",
        )

    def test_a_command_that_hangs_is_not_waited_for(self):
        self.put("bin/timedatectl", "#!/bin/sh\nsleep 30\n")
        with mock.patch.object(troubles, "LOOK", 0.2):
            began = time.monotonic()
            self.is_wrong("it is unknown whether its time is synchronised")
        self.assertLess(time.monotonic() - began, 10)


class Asked(Healthy):
    def setUp(self):
        super().setUp()
        self.program = load("scale-up-page")
        self.program.RELEASE = self.folder / "release"
        self.enterContext(mock.patch.dict(os.environ, {"NAME": "production-web-1"}))
        server = self.program.ThreadingHTTPServer(("127.0.0.1", 0), self.program.Page)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"

    def get(self, path="/-/droplet", **headers):
        request = urllib.request.Request(self.url + path, headers=headers)
        with contextlib.suppress(urllib.error.HTTPError):
            return self.read(urllib.request.urlopen(request))
        try:
            urllib.request.urlopen(request)
        except urllib.error.HTTPError as answer:
            return self.read(answer)

    def read(self, answer):
        with answer:
            return answer.status, answer.headers["X-Droplet"], answer.read().decode()


class Page(Asked):
    def test_is_200_with_a_sentence_when_nothing_is_wrong(self):
        self.assertEqual(self.get(), (200, "production-web-1", "Nothing is wrong with this droplet.\n"))

    def test_says_besides_what_is_good_to_know_unless_something_is_wrong(self):
        self.put("notes/settings", "It was made from other settings.\n")
        said = "Nothing is wrong with this droplet.\nIt was made from other settings.\n"
        self.assertEqual(self.get(), (200, "production-web-1", said))
        self.answers("timedatectl-show", (0, "no\n", ""))
        self.program.LOOK.ended = None
        status, _, said = self.get()
        self.assertEqual((status, said.count("\n")), (503, 1))

    def test_is_503_with_a_line_for_each_trouble(self):
        self.answers("systemctl-list-units", (0, "a.service loaded failed failed\nb.service loaded failed failed\n", ""))
        self.assertEqual(self.get(), (503, "production-web-1", "a.service has failed\nb.service has failed\n"))

    def test_is_the_only_page(self):
        for path in ("/etc/passwd", "/-/release"):
            self.assertEqual(self.get(path), (404, "production-web-1", "There is no such page.\n"))

    def test_has_one_beside_it_where_an_application_has_releases(self):
        self.put("release", '{"serves": "1.5"}\n')
        self.assertEqual(self.get("/-/release"), (200, "production-web-1", '{"serves": "1.5"}\n'))

    def test_looks_once_for_many_who_ask_within_seconds(self):
        threads = [threading.Thread(target=self.get) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.calls("timedatectl")), 1)

    def test_looks_again_after_seconds(self):
        self.assertEqual(self.get()[0], 200)
        self.answers("timedatectl-show", (0, "no\n", ""))
        self.assertEqual(self.get()[0], 200)
        self.program.LOOK.ended -= self.program.FRESH + 1
        self.assertEqual(self.get()[0], 503)
