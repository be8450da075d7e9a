"""The desktop starts as in its container: as the control user without supplementary groups, with the folders
that the image's build makes, and with two capabilities in the bounding set."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from dockerfile import Folder, made_folders, stages
from running import DESKTOP_USER, PREFIX, Environment, command_of, descendants
from viewer_client import COOKIE, try_to_sign_in, web_socket

CONTROL_USER = 64011
IDS = {"": 0, "control": CONTROL_USER, "desktop": DESKTOP_USER}
DOCKERFILE = Path(__file__).parents[1] / "Dockerfile"
AS_IN_A_CONTAINER = (
    "setpriv",
    f"--reuid={CONTROL_USER}",
    f"--regid={CONTROL_USER}",
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all,+setuid,+setgid",
    "--",
)
RUNTIME = "/run/environment"


def folders_of_the_image() -> list[Folder]:
    return [folder for stage in stages(DOCKERFILE) for folder in made_folders(stage)]


def lay_out(environment: Environment) -> None:
    """Make the image's folders, with the runtime folder and the home in this desktop's own folder."""
    for folder in folders_of_the_image():
        if not folder.path.startswith(RUNTIME):
            continue
        path = Path(environment.variables["RUNTIME_DIRECTORY"] + folder.path.removeprefix(RUNTIME))
        path.mkdir()
        os.chown(path, IDS[folder.owner], IDS[folder.group])
        path.chmod(folder.mode)
    shutil.copytree(PREFIX / "skeleton", environment.home)
    for one in (environment.home, *environment.home.rglob("*")):
        os.chown(one, DESKTOP_USER, DESKTOP_USER)


@pytest.fixture(scope="module")
def container(key_pair: tuple[str, str]) -> Iterator[Environment]:
    environment = Environment(*key_pair)
    try:
        lay_out(environment)
        yield environment.start(AS_IN_A_CONTAINER)
    finally:
        environment.remove()


def test_the_desktop_works_for_a_user_without_supplementary_groups(container: Environment) -> None:
    """start() has waited for /healthz."""
    assert container.act("screenshot")["base64_image"]
    container.act("mouse_move", coordinate=[12, 34])
    assert container.act("cursor_position")["output"] == "X=12,Y=34"
    assert container.bash("id -u; touch ~/mine && echo made")["output"] == f"{DESKTOP_USER}\nmade"


def test_the_viewer_reaches_the_screen_without_supplementary_groups(
    container: Environment, http: requests.Session
) -> None:
    cookie = try_to_sign_in(http, container).cookies[COOKIE]
    with web_socket(container, cookie, "view") as connection:
        assert b"RFB 003.008" in connection.recv(4096)


def test_the_health_check_passes_for_the_same_user(container: Environment) -> None:
    done = subprocess.run(
        [*AS_IN_A_CONTAINER, str(PREFIX / "healthcheck")], env=container.variables, check=False, timeout=30
    )
    assert done.returncode == 0


@pytest.mark.parametrize("started", ["in a container", "as root"])
def test_no_process_is_in_another_users_group(
    container: Environment, environment: Environment, started: str
) -> None:
    running = container if started == "in a container" else environment
    running.bash("true")
    for process in [running.process.pid, *descendants(running.process.pid)]:
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in lines)
        groups = {int(group) for group in (fields["Groups"] + fields["Gid"]).split()}
        assert groups <= {int(fields["Uid"].split()[0]), DESKTOP_USER}, command_of(process)
        if int(fields["Uid"].split()[1]) == CONTROL_USER:
            assert groups == {CONTROL_USER}, command_of(process)


def test_no_other_user_can_enter_the_shared_folders(container: Environment) -> None:
    shared = Path(container.variables["RUNTIME_DIRECTORY"]) / "display"
    for user, passes in ((CONTROL_USER, True), (DESKTOP_USER, True), (65534, False)):
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "ls", str(shared)]
        assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) == passes, user
    cookie = (shared / "Xauthority").stat()
    assert (cookie.st_uid, cookie.st_gid, stat.S_IMODE(cookie.st_mode)) == (CONTROL_USER, DESKTOP_USER, 0o640)
    assert "not permitted" in container.bash(f"rm -f {shared}/Xauthority")["error"]


def test_a_container_that_is_started_again_trusts_nothing_of_the_desktops(key_pair: tuple[str, str]) -> None:
    environment = Environment(*key_pair)
    shared = Path(environment.variables["RUNTIME_DIRECTORY"]) / "display"
    try:
        lay_out(environment)
        environment.start(AS_IN_A_CONTAINER)
        cookie = (shared / "Xauthority").read_bytes()
        left = "mkdir -p mine/deep && touch mine/deep/x file && ln -s / link"
        assert environment.bash(f"cd {shared} && {left}")["error"] is None
        environment.stop()
        environment.start(AS_IN_A_CONTAINER)
        assert environment.act("screenshot")["base64_image"]
        assert not (shared / "file").exists() and not (shared / "link").is_symlink()
        assert (shared / "Xauthority").read_bytes() != cookie
    finally:
        environment.remove()


@pytest.mark.parametrize("fault", ["missing", "another group", "open to all"])
def test_a_shared_folder_that_is_not_the_images_stops_the_start_and_is_named(
    key_pair: tuple[str, str], fault: str
) -> None:
    environment = Environment(*key_pair)
    shared = Path(environment.variables["RUNTIME_DIRECTORY"]) / "display"
    try:
        lay_out(environment)
        if fault == "missing":
            shared.rmdir()
        elif fault == "another group":
            os.chown(shared, CONTROL_USER, CONTROL_USER)
        else:
            shared.chmod(0o3777)
        ended = subprocess.run(
            [*AS_IN_A_CONTAINER, str(PREFIX / "environment")],
            env=environment.variables,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    finally:
        shutil.rmtree(environment.folder)
    assert ended.returncode == 78
    assert str(shared) in ended.stderr and f"{CONTROL_USER}:{DESKTOP_USER}" in ended.stderr
