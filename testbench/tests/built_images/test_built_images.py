"""What a task on Fargate gets: the images as built from their Dockerfiles, in containers with its rights."""

from __future__ import annotations

import json
import time

import pytest

from containers.engine import Engine

from .conftest import NAMES, Container, Start

# The desktop has two users: of the control API, which is the image's own, and of the desktop itself.
DESKTOP_USER = "64012:64012"
CODE = {"environment": "/opt/environment", "orchestration": "/opt/orchestration"}
# Uncompressed, with the base, in MB (10^6 bytes): the pull is most of a task's start. Lower it when an image
# shrinks.
MOST_MB = {"environment": 900, "orchestration": 315}


@pytest.fixture(scope="module")
def running(start: Start) -> dict[str, Container]:
    """One healthy container of each image."""
    started = {name: start(name) for name in NAMES}
    for container in started.values():
        container.wait_until_healthy()
    return started


@pytest.mark.parametrize("name", NAMES)
def test_it_becomes_healthy_with_its_rights_and_no_network(running: dict[str, Container], name: str) -> None:
    assert running[name].is_healthy()


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_as_a_user_without_rights_or_supplementary_groups(
    running: dict[str, Container], name: str
) -> None:
    status = dict(
        line.split(":", 1) for line in running[name].ask("cat", "/proc/1/status").splitlines() if ":" in line
    )
    assert "0" not in status["Uid"].split() + status["Gid"].split()
    assert status["CapEff"].split() == ["0" * 16]
    assert set(status["Groups"].split()) <= set(status["Gid"].split())
    assert status["Seccomp"].split() == ["2"]  # a filter of system calls is on


@pytest.mark.parametrize("name", NAMES)
def test_no_program_in_it_takes_its_owners_rights(running: dict[str, Container], name: str) -> None:
    found = running[name].ask("sh", "-c", "find / -xdev -type f -perm /6000 2>/dev/null", user="0")
    assert found == ""


def test_only_the_control_api_may_become_the_desktops_user(running: dict[str, Container]) -> None:
    desktop, program = running["environment"], "/opt/environment/as-desktop"
    # A shell stays behind as the parent: the program ends what it runs when its parent ends, and the parent
    # of a process that `podman exec` starts ends as soon as it has started.
    become = ("sh", "-c", f"{program} id; true")
    assert "permission denied" in desktop.ask(*become, user=DESKTOP_USER).lower()
    assert "uid=64012" in desktop.ask(*become)


@pytest.mark.parametrize(
    ("name", "user"), [("environment", None), ("environment", DESKTOP_USER), ("orchestration", None)]
)
def test_its_users_can_read_the_code_whatever_the_checkouts_modes_and_change_none(
    running: dict[str, Container], name: str, user: str | None
) -> None:
    # The program that becomes the desktop's user is the control API's alone.
    unreadable = f"find {CODE[name]} ! -readable ! -name as-desktop"
    writable = f"find {CODE[name]} ! -type l -writable"
    assert running[name].ask("sh", "-c", unreadable, user=user) == ""
    assert running[name].ask("sh", "-c", writable, user=user) == ""


def test_the_consoles_root_file_system_is_read_only_and_its_volumes_are_not(
    running: dict[str, Container],
) -> None:
    console = running["orchestration"]
    assert "Read-only file system" in console.ask("touch", "/etc/x", user="0")
    assert console.ask("sh", "-c", "touch /tmp/x /var/lib/orchestration/x && echo written") == "written"


def test_the_desktops_browser_shows_a_page(running: dict[str, Container]) -> None:
    page = "data:text/html,<title>It works</title>It works"
    browser = f"timeout 60 firefox-esr --headless --screenshot /tmp/page.png '{page}'"
    # The shell stays behind, as above.
    opened = running["environment"].ask("sh", "-c", f"/opt/environment/as-desktop {browser}; true")
    assert running["environment"].ask("head", "-c", "4", "/tmp/page.png").endswith("PNG"), opened


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_in_the_image(engine: Engine, images: dict[str, str], name: str) -> None:
    config = json.loads(engine.run("image", "inspect", images[name]))[0]["Config"]
    text = json.dumps(config).upper()
    assert not [word for word in ("PASSWORD", "TOKEN", "PRIVATE", "SECRET") if word in text]


def test_killed_parts_of_the_desktop_come_back(start: Start) -> None:
    desktop = start("environment")
    desktop.wait_until_healthy()
    for part, user in (("desktop_control.api", None), ("Xtigervnc", DESKTOP_USER)):
        before = _processes(desktop, part)
        assert before, f"{part} does not run"
        desktop.ask("sh", "-c", f"kill -KILL {' '.join(before)}", user=user)
        deadline = time.monotonic() + 60
        while not _processes(desktop, part) - before or not desktop.is_healthy():
            assert time.monotonic() < deadline, f"{part} has not come back"
            time.sleep(0.2)


def _processes(container: Container, words: str) -> set[str]:
    """The ids of processes with these words in their command line."""
    return set(container.ask("pgrep", "-f", words, user="0").split())


@pytest.mark.parametrize("name", NAMES)
def test_it_ends_soon_after_sigterm(start: Start, engine: Engine, name: str) -> None:
    container = start(name)
    container.wait_until_healthy()
    began = time.monotonic()
    engine.run("stop", "--time=25", container.name)
    took = time.monotonic() - began
    ended = json.loads(engine.run("inspect", container.name))[0]["State"]
    assert ended["ExitCode"] != 137, "it had to be killed"
    # ECS waits 30 s; five are what it takes on a machine that is not busy with other things.
    assert took < 20, f"it took {took:.1f} s"


@pytest.mark.parametrize("name", NAMES)
def test_it_is_not_larger_than_its_bound(engine: Engine, images: dict[str, str], name: str) -> None:
    size = int(engine.run("image", "inspect", "--format={{.Size}}", images[name])) / 1e6
    layers = engine.run("history", "--format={{.Size}}\t{{.CreatedBy}}", images[name])
    assert size < MOST_MB[name], f"{size:.0f} MB; by layer:\n{layers}"


def test_every_program_and_library_of_the_desktop_finds_its_libraries(running: dict[str, Container]) -> None:
    """The image leaves out files of Debian packages (dpkg-excludes); none of them may be one that is used."""
    # Firefox finds its own libraries beside its program.
    look = r"""
        export LD_LIBRARY_PATH=/usr/lib/firefox-esr
        find /usr/bin /usr/sbin /usr/lib /opt -type f \( -perm /111 -o -name '*.so*' \) > /tmp/files
        while read -r file; do
            head -c 4 "$file" | grep -q ELF && echo "$file"
        done < /tmp/files > /tmp/programs
        xargs ldd < /tmp/programs 2>/dev/null | awk '/:$/ { file = $1 } /not found/ { print file, $0 }'
        wc -l < /tmp/programs
    """
    *missing, count = running["environment"].ask("sh", "-c", look, user="0").splitlines()
    assert missing == []
    assert int(count) > 300
