"""How far root in an isolated task reaches: no further than in a container of Docker's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import toy_image
from isolated_scene import HEALTH, Start, starter, until_ready
from runner.ecs.definition import DEFAULT_CAPABILITIES
from runner.tasks.layout import Layout
from runner.tasks.plain_user import PlainUser

SOURCES = Path(__file__).parents[1]
DOCKERS = "00000000a80425fb"  # its fourteen capabilities
VOLUME = [{"sourceVolume": "data", "containerPath": "/var/lib/toy"}]
WRITABLE = ("/", "/tmp", "/usr/bin", "/etc", "/usr/local/bin", "/dev", "/dev/shm", "/run", "/var/lib/toy")
AS_TOY = f"setpriv --reuid={toy_image.USER} --regid={toy_image.USER} --clear-groups --"


@pytest.fixture
def image(tmp_path: Path) -> Layout:
    return toy_image.make(tmp_path)


@pytest.fixture
def start(image: Layout, tmp_path: Path) -> Iterator[Start]:
    with starter(image, tmp_path) as call:
        yield call


def test_a_setuid_program_gives_nothing_wherever_it_lies(start: Start) -> None:
    # Programs may be executed everywhere but in /dev.
    places = [place for place in WRITABLE if not place.startswith("/dev")]
    script = "; ".join(
        f"cp /usr/bin/id {place}/raise && chmod 4755 {place}/raise && {AS_TOY} {place}/raise -u"
        for place in places
    )
    said = until_ready(start(f"chmod 711 /var/lib/toy; {script}", user="0", mountPoints=VOLUME))
    assert said[1:] == [str(toy_image.USER)] * len(places) + ["ready 0"]
    assert until_ready(start("su -c 'id -u' 2>&1 | grep -c '^0$'"))[1] == "0"


def test_only_a_tree_that_needs_it_has_programs_that_raise_rights(start: Start, image: Layout) -> None:
    raising = image.trees["/opt/toy"] / "raise"
    raising.write_bytes(Path("/usr/bin/id").read_bytes())
    raising.chmod(0o4755)
    assert until_ready(start("/opt/toy/raise -u"))[1] == str(toy_image.USER)
    assert until_ready(start("/opt/toy/raise -u", image=replace(image, raising=("/opt/toy",))))[1] == "0"


def test_no_device_node_that_it_makes_opens_anything(start: Start) -> None:
    script = "; ".join(f"mknod {place}/made c 1 5 && head -c 1 {place}/made | wc -c" for place in WRITABLE)
    said = until_ready(start(script, user="0", mountPoints=VOLUME))
    assert said.count("0") == len(WRITABLE) and "1" not in said
    assert len([line for line in said if "Permission denied" in line]) == len(WRITABLE)


def test_its_own_devices_work_and_are_not_the_machines(start: Start) -> None:
    before = Path("/dev/null").stat().st_mode
    script = "head -c 3 /dev/zero | wc -c; echo gone > /dev/null; chmod 600 /dev/null; stat -c %a /dev/null"
    assert until_ready(start(script, user="0"))[1:3] == ["3", "600"]
    assert Path("/dev/null").stat().st_mode == before


def test_it_changes_no_setting_of_the_kernel(start: Start) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    before = pattern.read_text()
    script = (
        "echo x > /proc/sys/kernel/core_pattern; touch /sys/kernel/x; "
        "for one in sys irq bus fs; do [ ! -e /proc/$one ] || [ ! -w /proc/$one ] && echo closed; done"
    )
    said = until_ready(start(script, user="0"))
    assert len([line for line in said if "Read-only file system" in line]) == 2
    assert said.count("closed") == 4 and pattern.read_text() == before


def test_what_docker_masks_is_masked(start: Start) -> None:
    masked = (
        *("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/proc/acpi"),
        *("/proc/interrupts", "/proc/sysrq-trigger", "/sys/firmware"),
    )
    # An empty directory, or what is as empty as /dev/null.
    script = "".join(
        f"if [ -d {path} ]; then ls -A {path}; elif [ -e {path} ]; then head -c 1 {path}; "
        f'[ "$(stat -Lc %t:%T {path})" = 1:3 ] || echo open {path}; fi; '
        for path in masked
    )
    assert until_ready(start(script, user="0")) == ["started", "ready 0"]


def test_process_one_shows_nothing_of_the_runners(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_A_PERSON", "1")
    container = start("readlink /proc/1/exe || echo closed; cat /proc/1/environ", user="0")
    said = until_ready(container)
    assert said[1] == "closed" and any("Permission denied" in line for line in said)
    assert Path(f"/proc/{container.process_one}/environ").read_bytes() == b""


def test_a_health_check_runs_no_program_of_the_tasks_but_its_command(start: Start) -> None:
    planted = (
        "for one in setpriv env python3; do printf '#!/bin/sh\\ntouch /tmp/ran' > /usr/bin/$one; done; "
        'for one in /usr/lib/python3*/*.py; do echo \'open("/tmp/ran", "w")\' > $one; done'
    )
    check = "grep -E 'Cap(Inh|Prm|Eff|Bnd)' /proc/self/status; ls /tmp"
    container = start(planted, {"CHECK": check, "PYTHONHOME": "/nowhere"}, user="0")
    until_ready(container)
    status, said = container.check_health(HEALTH, 20)
    assert (status, said.split()) == (
        0,
        ["CapInh:", "0" * 16, "CapPrm:", DOCKERS, "CapEff:", DOCKERS, "CapBnd:", DOCKERS],
    )


def test_what_becomes_a_command_of_roots_has_its_rights_already_and_is_closed_to_it() -> None:
    become = (
        "import sys\n"
        "from runner.ecs.definition import DEFAULT_CAPABILITIES\n"
        "from runner.tasks.user import User\n"
        "User(0, 0).become(DEFAULT_CAPABILITIES); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        ["/usr/bin/setpriv", "--inh-caps=+chown,+sys_admin", "--", sys.executable, "-c", become],
        cwd=SOURCES,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        alike = PlainUser(0, 0, DEFAULT_CAPABILITIES).command
        follow = [*alike, "/usr/bin/readlink"]
        own = subprocess.run([*follow, "/proc/self/exe"], check=False, stdout=subprocess.DEVNULL)
        status = Path(f"/proc/{process.pid}/status").read_text().split()
        its = subprocess.run([*follow, f"/proc/{process.pid}/exe"], check=False, stdout=subprocess.DEVNULL)
        process.communicate(b"")
    assert (own.returncode, its.returncode) == (0, 1)
    rights = [status[status.index(f"Cap{one}:") + 1] for one in ("Inh", "Prm", "Eff", "Bnd")]
    assert rights == ["0" * 16, DOCKERS, DOCKERS, DOCKERS]


def test_nothing_is_imported_from_a_tasks_files() -> None:
    late = "from runner.tasks.execution import import_nothing_more as end; end(); import wave"
    ended = subprocess.run(
        [sys.executable, "-c", late], cwd=SOURCES, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 1 and "No module named 'wave'" in ended.stderr


def test_its_mounts_do_not_say_where_its_folder_is(start: Start, tmp_path: Path) -> None:
    said = "\n".join(until_ready(start("cat /proc/self/mountinfo", user="0")))
    assert "upperdir=upper/usr" in said and str(tmp_path / "task0") not in said


def test_it_reads_no_more_of_the_machine_than_everybody_and_no_persons_names(start: Start) -> None:
    script = (
        "find /etc ! -type l ! -perm -o+r; cat /etc/shadow 2>/dev/null; ls /var/lib /var/cache; echo --; "
        "cut -d: -f1,3 /etc/passwd; echo --; cut -d: -f4 /etc/group"
    )
    data, accounts, members = "\n".join(until_ready(start(script, user="0"))[1:-1]).split("--\n")
    assert set(data.split()) <= {
        *("/var/lib:", "dpkg", "nginx", "openbox", "xkb", "toy", "shared", "/var/cache:", "fontconfig")
    }
    numbers = {int(line.split(":")[1]) for line in accounts.split()}
    assert toy_image.USER in numbers and {n for n in numbers if n >= 1000} <= {toy_image.USER, 65534}
    assert not members.split()
