"""What a task's container may do: as its definition says, and root in it no more than on Fargate."""

from __future__ import annotations

import re
from pathlib import Path

from containers import private_podman
from runner.ecs.definition import DEFAULT_CAPABILITIES
from task_containers.conftest import Start, said
from task_containers.toy import USER

ALL_DEFAULTS, NONE, SETGID_ONLY = "00000000a80425fb", "0" * 16, "0000000000000040"
_DROP_ALL = {"capabilities": {"drop": ["ALL"]}}
_SHOW = "cat /proc/self/status"


def member(text: str, name: str) -> str:
    """A member of /proc/PID/status."""
    found = re.search(rf"^{name}:\s*(\S+)", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


def test_the_engine_is_told_the_capabilities_that_a_task_definition_starts_from() -> None:
    assert frozenset(private_podman.CAPABILITIES) == DEFAULT_CAPABILITIES


def test_the_user_is_the_images_unless_the_definition_names_another(start: Start) -> None:
    assert said(start("id -u; id -g")).split() == [str(USER)] * 2
    assert said(start("id -u; id -g", user="1001:1002")).split() == ["1001", "1002"]
    assert said(start("id -un", user="toy")) == "toy\n"


def test_capabilities_are_what_the_definition_leaves(start: Start) -> None:
    assert member(said(start(_SHOW, user="0")), "CapEff") == ALL_DEFAULTS
    some = said(start(_SHOW, user="0", linuxParameters={"capabilities": {"drop": ["SETUID"]}}))
    assert member(some, "CapEff") == member(some, "CapBnd") == "00000000a804257b"
    none = said(start(_SHOW, user="0", linuxParameters=_DROP_ALL))
    assert member(none, "CapEff") == member(none, "CapBnd") == NONE


def test_a_user_other_than_root_has_no_capability_at_once(start: Start) -> None:
    drop = {"capabilities": {"drop": sorted(DEFAULT_CAPABILITIES - {"SETGID"})}}
    text = said(start(_SHOW, linuxParameters=drop))
    assert [member(text, f"Cap{one}") for one in ("Inh", "Prm", "Eff", "Amb")] == [NONE] * 4
    assert member(text, "CapBnd") == SETGID_ONLY


def test_a_files_capability_works_as_long_as_it_is_not_dropped(start: Start) -> None:
    command = "cat-with-setgid /proc/self/status"
    assert member(said(start(command)), "CapEff") == SETGID_ONLY
    refused = start(command, linuxParameters={"capabilities": {"drop": ["SETGID"]}})
    assert "Operation not permitted" in said(refused)


def test_system_calls_are_filtered(start: Start) -> None:
    assert member(said(start(_SHOW, user="0")), "Seccomp") == "2"


def test_no_namespace_can_be_made_without_the_right_to(start: Start) -> None:
    refused = said(start("for kind in --user --mount --pid; do unshare $kind true; done", user="0"))
    assert refused.count("Operation not permitted") == 3
    assert said(start("(echo a thread or process still starts)")) == "a thread or process still starts\n"


def test_a_read_only_root_leaves_the_volumes_writable(start: Start, tmp_path: Path) -> None:
    mounts = [
        {"sourceVolume": "record", "containerPath": "/data"},
        {"sourceVolume": "copy", "containerPath": "/tmp", "readOnly": True},
    ]
    places = "/ /etc /run /var/tmp /data /scratch /tmp"
    script = f"for folder in {places}; do {{ echo it > $folder/new; }} 2>&-; echo $?; done"
    started = start(script, user="0", readonlyRootFilesystem=True, mountPoints=mounts)
    assert said(started).split() == ["2", "2", "2", "2", "0", "0", "2"]
    started.remove()
    (record,) = tmp_path.glob("*/volumes/record")
    assert sorted(one.name for one in record.iterdir()) == ["new", "seed"]


def test_a_volume_begins_as_the_images_directory_with_its_owner_and_mode(
    start: Start, tmp_path: Path
) -> None:
    started = start("cat /data/seed", mountPoints=[{"sourceVolume": "record", "containerPath": "/data"}])
    assert said(started) == "from the image\n"
    (record,) = tmp_path.glob("*/volumes/record")
    attributes = record.stat()
    assert (attributes.st_mode & 0o7777, attributes.st_uid, attributes.st_gid) == (0o2750, USER, USER)


def test_a_volume_where_the_image_has_nothing_begins_empty(start: Start) -> None:
    mounts = [{"sourceVolume": "new", "containerPath": "/srv/deep/new"}]
    assert said(start("stat -c %a /srv/deep/new; ls -A /srv/deep/new", mountPoints=mounts)) == "755\n"


def test_the_files_of_a_volume_are_closed_to_other_users_of_this_machine(
    start: Start, tmp_path: Path
) -> None:
    said(start("exit 0", mountPoints=[{"sourceVolume": "record", "containerPath": "/data"}]))
    (task,) = tmp_path.glob("*/volumes/..")
    assert task.stat().st_mode & 0o077 == 0


def test_no_device_node_that_root_makes_opens_anything(start: Start) -> None:
    script = "mknod /tmp/made b 254 0 && head -c 1 /tmp/made | wc -c; head -c 3 /dev/zero | wc -c"
    text = said(start(script, user="0"))
    assert "Operation not permitted" in text
    assert [line for line in text.splitlines() if line.isdigit()] == ["0", "3"]


def test_root_changes_no_setting_of_the_kernel_and_mounts_nothing(start: Start) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    before = pattern.read_text()
    script = "echo x > /proc/sys/kernel/core_pattern; touch /sys/kernel/x; mount -t tmpfs x /tmp; echo $?"
    text = said(start(script, user="0"))
    assert text.count("Read-only file system") == 2 and text.split()[-1] != "0"
    assert pattern.read_text() == before


def test_what_docker_hides_of_the_kernel_is_hidden(start: Start) -> None:
    hidden = ("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/proc/acpi", "/sys/firmware")
    # An empty directory, or what is as empty as /dev/null.
    script = "".join(
        f"if [ -d {path} ]; then ls -A {path}; elif [ -e {path} ]; then head -c 1 {path}; fi; "
        for path in hidden
    )
    assert said(start(script, user="0")) == ""


def test_it_sees_nothing_of_the_machine(start: Start, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the machine\n")
    text = said(start(f"ls {tmp_path}; ls -d /proc/[0-9]*; cat /etc/hosts", user="0"))
    assert "secret" not in text
    assert len(re.findall(r"^/proc/\d+$", text, re.MULTILINE)) <= 3
    hosts = [line.split()[0] for line in text.splitlines() if re.match(r"[0-9a-f.:]+\s", line)]
    assert set(hosts) <= {"127.0.0.1", "127.0.1.1", "::1"}
