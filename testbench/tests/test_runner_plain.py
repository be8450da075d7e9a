"""Containers as plain processes: small scripts in the place of an image's programs."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.ecs.definition import ContainerDefinition
from runner.tasks import descendants
from runner.tasks.backend import CannotStart, Launch
from runner.tasks.layout import Account, Layout
from runner.tasks.plain import PlainBackend
from runner.tasks.plain_container import PlainContainer
from runner.tasks.plain_user import PlainUser
from runner_probes import is_alive, wait_for

_DOCKERFILE = """
FROM debian
ENV HOME=/tmp SOURCES=/opt/orchestration/src:/usr/lib
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/console"]
CMD ["by default"]
"""
# Leaves its session and its parent, as a daemon does, and says its process ID.
_DAEMON = "setsid sh -c 'sleep 1000 & echo $!' &\nwait $!\n"


class Image:
    """Programs of the container `orchestration`, in a folder that every user may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Dockerfile").write_text(_DOCKERFILE)
        (folder / "src").mkdir()
        for name in ("console", "healthcheck"):
            self.program(name, "exit 0")
        (folder / "venv" / "bin").mkdir(parents=True)
        (folder / "venv" / "bin" / "python").symlink_to("/bin/true")
        self.renamed: Mapping[str, str] = {}
        trees = {
            "/opt/orchestration/venv": folder / "venv",
            "/opt/orchestration/src": folder / "src",
            "/usr/local/bin/console": folder / "console",
            "/opt/programs": folder,
        }
        links = {"/usr/local/bin/healthcheck": "/opt/programs/healthcheck"}
        accounts = (Account("console", 10001, "/nonexistent", "/usr/sbin/nologin"),)
        self.layout = Layout(folder / "Dockerfile", trees, links, accounts, ())
        self.backend = PlainBackend({"orchestration": self.layout}, folder / "fargate", self._rename)
        self.started: list[PlainContainer] = []

    def _rename(self, variables: Mapping[str, str]) -> Mapping[str, str]:
        return {name: self.renamed.get(value, value) for name, value in variables.items()}

    def program(self, name: str, script: str) -> None:
        (self.folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / name).chmod(0o755)

    def start(self, secrets: Mapping[str, str] | None = None, **members: Any) -> PlainContainer:
        container = self.container(**members)
        launch = Launch(
            f"{len(self.started):032x}"[::-1],
            container,
            {**container.environment, **(secrets or {})},
            None,
            None,
            self.folder / "fargate" / "tasks" / str(len(self.started)),
        )
        self.started.append(self.backend.start(launch))
        return self.started[-1]

    def container(self, name: str = "orchestration", **members: Any) -> ContainerDefinition:
        return ContainerDefinition.of({"name": name, "image": "x", **members})

    def close(self) -> None:
        for container in self.started:
            container.stop(0)
            container.remove()


@pytest.fixture
def image() -> Iterator[Image]:
    # The container's user cannot enter pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="runner-plain-") as folder:
        Path(folder).chmod(0o755)
        made = Image(Path(folder))
        yield made
        made.close()


def _ended(container: PlainContainer) -> int:
    wait_for(lambda: container.poll() is not None)
    code = container.poll()
    assert code is not None
    return code


def _line(container: PlainContainer) -> str:
    return container.output.readline().decode().strip()


def _settings(container: PlainContainer) -> dict[str, str]:
    lines = container.output.read().decode().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


class TestWhatItIsTold:
    def test_its_status_and_output_are_the_entry_points(self, image: Image) -> None:
        image.program("console", 'echo "$1"; echo trouble >&2; exit 7')
        container = image.start()
        assert container.output.read() == b"by default\ntrouble\n"
        assert _ended(container) == 7

    def test_the_definitions_command_and_entry_point_come_first(self, image: Image) -> None:
        image.program("console", 'echo "$@"')
        assert _line(image.start(command=["one", "two words"])) == "one two words"
        assert _line(image.start(entryPoint=["/bin/echo", "three"])) == "three"

    def test_a_program_that_is_missing_is_named(self, image: Image) -> None:
        container = image.start(entryPoint=["/usr/local/bin/missing"])
        assert "/usr/local/bin/missing" in _line(container)
        assert _ended(container) == 127

    def test_paths_are_this_machines_and_ports_are_free_ones(self, image: Image) -> None:
        image.program("console", "env")
        mounts = [{"sourceVolume": "record", "containerPath": "/var/lib/orchestration"}]
        variables = [{"name": "DATA_DIRECTORY", "value": "/var/lib/orchestration/own"}]
        container = image.start(
            mountPoints=mounts, environment=variables, portMappings=[{"containerPort": 9000}]
        )
        told = _settings(container)
        tasks = image.folder / "fargate" / "tasks"
        assert told["SOURCES"] == f"{image.folder / 'src'}:/usr/lib"
        assert told["DATA_DIRECTORY"] == str(tasks / "0" / "volumes" / "record" / "own")
        assert told["HOME"] == told["TMPDIR"]
        assert len(told["TMPDIR"]) < 50  # a Unix socket there must not have more than 107 with its name
        assert told["LISTEN"] == f"127.0.0.1:{container.published(8501)}"
        assert container.published(9000) != container.published(8501)
        with pytest.raises(KeyError):
            container.published(9001)

    def test_names_are_replaced_in_plain_variables_only(self, image: Image) -> None:
        image.program("console", "env")
        image.renamed = {"name": "address"}
        variables = [{"name": "PLAIN", "value": "name"}]
        told = _settings(image.start({"SECRET": "name", "PATH_LIKE": "/tmp"}, environment=variables))
        assert (told["PLAIN"], told["SECRET"], told["PATH_LIKE"]) == ("address", "name", "/tmp")

    def test_no_secret_is_on_a_command_line(self, image: Image) -> None:
        image.program("console", "echo ready; sleep 1000")
        container = image.start({"SECRET": "/very-secret"})
        assert _line(container) == "ready"
        lines = [
            Path(f"/proc/{one}/cmdline").read_bytes()
            for one in descendants.of(os.getpid())
            if Path(f"/proc/{one}/cmdline").exists()
        ]
        assert lines and not [line for line in lines if b"very-secret" in line]

    def test_each_task_has_ports_of_its_own(self, image: Image) -> None:
        image.program("console", "sleep 1000")
        assert image.start().published(8501) != image.start().published(8501)


class TestItsUser:
    def test_it_is_the_images_without_capabilities(self, image: Image) -> None:
        image.program("console", "id -u; id -g; grep CapBnd /proc/self/status; touch $TMPDIR/x $DATA/x")
        container = image.start(
            mountPoints=[{"sourceVolume": "record", "containerPath": "/data"}],
            environment=[{"name": "DATA", "value": "/data"}],
            linuxParameters={"capabilities": {"drop": ["ALL"]}},
        )
        said = container.output.read().decode().split()
        assert said == ["10001", "10001", "CapBnd:", "0000000000000000"]
        assert _ended(container) == 0

    def test_one_that_cannot_reach_the_files_is_not_taken_and_that_is_said(
        self, image: Image, capfd: pytest.CaptureFixture[str]
    ) -> None:
        image.program("console", "id -u")
        (image.folder / "src").chmod(0o700)
        assert _line(image.start()) == str(os.getuid())
        assert "the user 10001 cannot read all of" in capfd.readouterr().err

    def test_the_definitions_comes_before_the_images(self, image: Image) -> None:
        image.program("console", "id -u; id -g")
        assert image.start(user="10002:10003").output.read() == b"10002\n10003\n"

    def test_a_name_is_the_images_or_the_machines_or_refused(self) -> None:
        accounts = [Account("console", 10001, "/", "/bin/sh")]
        assert PlainUser.of("console", accounts, ()) == PlainUser(10001, 10001, ())
        assert PlainUser.of("root:console", accounts, ()) == PlainUser(0, 10001, ())
        with pytest.raises(CannotStart, match="nobody-knows-me"):
            PlainUser.of("nobody-knows-me", accounts, ())

    def test_a_refused_start_leaves_no_folder(self, image: Image) -> None:
        before = set(Path("/tmp").glob("computer-use-task-*"))
        with pytest.raises(CannotStart):
            image.start(user="nobody-knows-me")
        assert set(Path("/tmp").glob("computer-use-task-*")) <= before


class TestItsHealth:
    def test_a_command_of_the_images_is_found_by_its_path_there(self, image: Image) -> None:
        image.program("console", "sleep 1000")
        image.program("healthcheck", 'echo "$LISTEN"; id -u; exit 3')
        container = image.start()
        status, said = container.check_health(("/usr/local/bin/healthcheck",), 20)
        assert (status, said) == (3, f"127.0.0.1:{container.published(8501)}\n10001\n")

    def test_one_that_does_not_exist_fails_and_is_named(self, image: Image) -> None:
        image.program("console", "sleep 1000")
        status, said = image.start().check_health(("/usr/local/bin/wrong",), 20)
        assert status == 127 and "/usr/local/bin/wrong" in said

    def test_one_that_hangs_is_ended_with_what_it_started(self, image: Image) -> None:
        image.program("console", "sleep 1000")
        image.program("healthcheck", "sleep 1000 & echo $! > $TMPDIR/pid; wait")
        container = image.start()
        status, said = container.check_health(("/usr/local/bin/healthcheck",), 0.5)
        assert status == 124 and "0.5 s" in said


class TestItsEnd:
    def test_it_is_asked_and_has_time(self, image: Image) -> None:
        image.program("console", 'trap "echo asked; exit 5" TERM; echo ready; while :; do sleep 0.05; done')
        container = image.start()
        assert _line(container) == "ready"
        container.stop(60)
        assert (_line(container), container.poll()) == ("asked", 5)

    def test_it_heeds_signals_that_the_runner_ignores(self, image: Image) -> None:
        image.program("console", 'trap "exit 5" HUP; echo ready; kill -HUP $$; sleep 1000')
        heeded = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            container = image.start()
        finally:
            signal.signal(signal.SIGHUP, heeded)
        assert _line(container) == "ready"
        assert _ended(container) == 5

    def test_it_is_killed_when_it_does_not_listen(self, image: Image) -> None:
        image.program("console", 'trap "" TERM; echo ready; while :; do sleep 0.05; done')
        container = image.start()
        assert _line(container) == "ready"
        container.stop(0.1)
        assert container.poll() == 137

    def test_a_killed_entry_point_has_the_signals_status(self, image: Image) -> None:
        image.program("console", "kill -9 $$")
        assert _ended(image.start()) == 137

    def test_a_daemon_that_it_left_ends_with_it(self, image: Image) -> None:
        image.program("console", _DAEMON)
        container = image.start()
        daemon = int(_line(container))
        assert _ended(container) == 0
        assert not is_alive(daemon)

    @pytest.mark.parametrize("victim", [0, 1], ids=["attendant", "second attendant"])
    def test_nothing_outlives_a_killed_attendant(self, image: Image, victim: int) -> None:
        image.program("console", f"{_DAEMON}setsid sleep 1000 & echo $!; wait")
        container = image.start()
        left = [int(_line(container)), int(_line(container))]
        attendants = [one for one in descendants.of(os.getpid()) if left[0] in descendants.of(one)]
        os.kill(attendants[victim], signal.SIGKILL)
        assert _ended(container) == 137
        assert not any(map(is_alive, left))
        wait_for(lambda: not any(map(is_alive, attendants)))

    def test_its_own_folder_goes_with_it(self, image: Image) -> None:
        image.program("console", 'echo "$TMPDIR"')
        container = image.start()
        scratch = Path(_line(container)).parent
        assert scratch.name.startswith("computer-use-task-")
        _ended(container)
        assert not scratch.exists()

    def test_what_was_left_is_removed_by_the_next_runner_of_the_folder(self, image: Image) -> None:
        image.program("console", 'echo "$TMPDIR"; sleep 1000')
        scratch = Path(_line(image.start())).parent
        PlainBackend({}, image.folder / "another", lambda one: one).remove_leftovers()
        assert scratch.exists()
        PlainBackend({}, image.folder / "fargate", lambda one: one).remove_leftovers()
        assert not scratch.exists()


class TestRefusals:
    def test_an_image_that_is_known_and_installed_is_not_refused(self, image: Image) -> None:
        assert image.backend.refusal(image.container()) is None

    def test_an_unknown_one_is(self, image: Image) -> None:
        refusal = image.backend.refusal(image.container("stranger"))
        assert refusal == "no image is known for the container stranger (known: orchestration)"

    def test_one_that_is_not_installed_names_what_is_missing(self, image: Image) -> None:
        (image.folder / "src").rmdir()
        refusal = image.backend.refusal(image.container())
        assert refusal is not None and str(image.folder / "src") in refusal

    def test_the_desktop_takes_root_or_docker(self, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
        backend = PlainBackend({"environment": image.layout}, image.folder, lambda one: one)
        assert backend.refusal(image.container("environment")) is None
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        refusal = backend.refusal(image.container("environment"))
        assert refusal is not None and "run this as root, or start a Docker daemon" in refusal

    def test_only_linux_runs_the_images_programs(self, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "darwin")
        refusal = image.backend.refusal(image.container())
        assert refusal is not None and "for Linux" in refusal
