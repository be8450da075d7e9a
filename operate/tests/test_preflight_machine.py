"""Each check of this machine passes with good programs, and names the obstacle and the fix otherwise."""

from pathlib import Path

import pytest

from operate.checks import run
from operate.findings import Outcome, Status
from operate.preflight import disk, docker, emulation, programs
from operate.preflight.plan import PlanCheck
from operate.preflight.programs import PROGRAMS, Program, judge
from operate.programs import Answer, ask, version
from operate.tests import programs as scripts
from operate.tests.conftest import MakePlan, Script


def _statuses_and_texts(outcome: Outcome) -> list[tuple[str, str]]:
    """The status and the full text of each finding."""
    return [(str(finding.status), f"{finding.what} {finding.fix}") for finding in outcome.findings]


def _assert_only(outcome: Outcome, status: Status, *words: str) -> None:
    """Assert that the only finding that is not ok has this status and contains these words."""
    other = [(found, said) for found, said in _statuses_and_texts(outcome) if found != "ok"]
    assert [found for found, _ in other] == [str(status)], outcome
    assert all(word in other[0][1] for word in words), other


class TestDocker:
    @pytest.mark.parametrize(
        "changes",
        [{}, {"newest": "1.42"}, {"newest": "1.54", "oldest": "1.44"}],
        ids=["28", "23, the oldest", "29"],
    )
    def test_a_daemon_that_speaks_a_version_of_the_provider_passes(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, changes: dict[str, str]
    ) -> None:
        scripts.docker(script, tmp_path, **changes)
        assert [status for status, _ in _statuses_and_texts(run(docker.CHECK, make_plan()))] == ["ok"]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"newest": "1.39"}, "update Docker"),
            ({"newest": "1.60", "oldest": "1.52"}, "min-api-version"),
            ({"system": "windows"}, "Linux containers"),
        ],
    )
    def test_a_daemon_that_the_provider_cannot_use_fails(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, changes: dict[str, str], words: str
    ) -> None:
        scripts.docker(script, tmp_path, **changes)
        _assert_only(run(docker.CHECK, make_plan()), Status.FAILURE, words)

    def test_the_containerd_store_is_a_warning(
        self, script: Script, tmp_path: Path, make_plan: MakePlan
    ) -> None:
        scripts.docker(script, tmp_path, store="containerd")
        _assert_only(run(docker.CHECK, make_plan()), Status.WARNING, "status 403", "daemon.json")

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "Cannot connect"),
            ("echo nonsense", "not JSON"),
            ("""echo '{"ServerErrors": ["permission denied"]}'""", "permission denied"),
        ],
    )
    def test_a_daemon_that_does_not_answer_fails_once(
        self, script: Script, make_plan: MakePlan, body: str, words: str
    ) -> None:
        script("docker", body)
        _assert_only(run(docker.CHECK, make_plan()), Status.FAILURE, words, "install Docker")
        for check in (emulation.CHECK, disk.CHECK):
            _assert_only(run(check, make_plan()), Status.WARNING, "Docker does not answer")

    def test_no_docker_at_all_fails(self, make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nonexistent")
        _assert_only(run(docker.CHECK, make_plan()), Status.FAILURE, "docker is not on PATH")

    def test_the_stacks_own_daemon_is_asked(self, script: Script, make_plan: MakePlan) -> None:
        script("docker", 'echo "asked $DOCKER_HOST" >&2; exit 1')
        plan = make_plan(docker={"host": "tcp://127.0.0.1:1"})
        _assert_only(run(docker.CHECK, plan), Status.FAILURE, "asked tcp://127.0.0.1:1")


class TestEmulation:
    @pytest.fixture
    def handlers(self, tmp_path: Path) -> Path:
        """A kernel's binfmt_misc folder without any emulator."""
        folder = tmp_path / "binfmt"
        folder.mkdir()
        (folder / "status").write_text("enabled\n")
        return folder

    @staticmethod
    def check(binfmt: Path) -> PlanCheck:
        return PlanCheck("emulation", "-", lambda plan: emulation.find(plan, binfmt))

    def test_the_same_processor_needs_no_emulator(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path
    ) -> None:
        scripts.docker(script, tmp_path, processor="aarch64")
        assert _statuses_and_texts(run(self.check(handlers), make_plan()))[0][0] == "ok"

    def test_a_builder_with_the_platform_passes(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path
    ) -> None:
        scripts.docker(script, tmp_path, processor="amd64", buildx="linux/amd64, linux/amd64/v2, linux/arm64")
        assert _statuses_and_texts(run(self.check(handlers), make_plan()))[0][0] == "ok"

    def test_without_buildx_the_kernels_emulator_counts(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path
    ) -> None:
        scripts.docker(script, tmp_path, processor="amd64", buildx=None)
        (handlers / "qemu-aarch64").write_text("enabled\ninterpreter /usr/bin/qemu\nflags: POCF\n")
        assert _statuses_and_texts(run(self.check(handlers), make_plan()))[0][0] == "ok"

    @pytest.mark.parametrize("buildx", ["linux/amd64, linux/386", None])
    def test_no_emulator_fails(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path, buildx: str | None
    ) -> None:
        scripts.docker(script, tmp_path, processor="amd64", buildx=buildx)
        outcome = run(self.check(handlers), make_plan())
        _assert_only(outcome, Status.FAILURE, "--install arm64", "cpuArchitecture X86_64")

    def test_an_emulator_that_containers_can_not_use_fails(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path
    ) -> None:
        scripts.docker(script, tmp_path, processor="amd64", buildx=None)
        (handlers / "qemu-aarch64").write_text("enabled\ninterpreter /usr/bin/qemu\nflags: OC\n")
        _assert_only(run(self.check(handlers), make_plan()), Status.FAILURE, "cannot run programs for ARM64")

    def test_it_is_a_warning_if_the_emulator_can_not_be_determined(
        self, script: Script, tmp_path: Path, make_plan: MakePlan
    ) -> None:
        scripts.docker(script, tmp_path, processor="amd64", buildx=None)
        outcome = run(self.check(tmp_path / "nothing"), make_plan())
        _assert_only(outcome, Status.WARNING, "--platform linux/arm64")

    def test_x86_64_on_arm_is_checked_the_same_way(
        self, script: Script, tmp_path: Path, make_plan: MakePlan, handlers: Path
    ) -> None:
        scripts.docker(script, tmp_path, processor="arm64", buildx="linux/arm64")
        outcome = run(self.check(handlers), make_plan(cpuArchitecture="X86_64"))
        _assert_only(outcome, Status.FAILURE, "--install amd64", "cpuArchitecture ARM64")


class TestDisk:
    @pytest.mark.parametrize(
        ("gib", "status"), [(9.0, Status.OK), (5.0, Status.WARNING), (3.9, Status.FAILURE)]
    )
    def test_free_space_is_compared_with_what_a_build_needs(self, gib: float, status: Status) -> None:
        finding = disk.judge(int(gib * disk.GIB), Path("/var/lib/docker"))
        assert finding.status is status
        assert f"{gib:.1f} GiB" in finding.what

    def test_the_daemons_own_folder_is_checked(
        self, script: Script, tmp_path: Path, make_plan: MakePlan
    ) -> None:
        scripts.docker(script, tmp_path)
        assert str(tmp_path) in _statuses_and_texts(run(disk.CHECK, make_plan()))[0][1]

    def test_another_machines_disk_is_a_warning(
        self, script: Script, tmp_path: Path, make_plan: MakePlan
    ) -> None:
        scripts.docker(script, tmp_path, root="/nonexistent/docker")
        _assert_only(run(disk.CHECK, make_plan()), Status.WARNING, "docker system df")


WORDS = {
    "JDK": ("javac 17.0.15", (17, 0, 15)),
    "Maven": ("Apache Maven 3.8.7\nMaven home: /usr/share/maven", (3, 8, 7)),
    "Maven's JDK": ("Apache Maven 3.9.1\nJava version: 21.0.2, vendor: Debian", (21, 0, 2)),
    "Python": ("Python 3.12.1", (3, 12, 1)),
    "Pulumi": ("v3.259.0", (3, 259, 0)),
}


class TestPrograms:
    @pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: str(program.name))
    def test_the_version_of_each_program_is_read(self, program: Program) -> None:
        text, numbers = WORDS[program.name]
        assert version(program.pattern, text) == numbers
        assert numbers >= program.oldest

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("echo tool 3.9.9", "3.9.9 is installed"),
            ("echo unable to locate a runtime", "prints no version"),
        ],
    )
    def test_an_old_program_or_one_without_a_version_fails(
        self, script: Script, body: str, words: str
    ) -> None:
        script("tool", body)
        finding = judge(Program("Tool", ("tool",), r"tool (\d+(?:\.\d+)*)", (3, 10), "install it"))
        assert finding.status is Status.FAILURE
        assert words in finding.what
        assert finding.fix == "install it"

    def test_a_missing_program_fails(self) -> None:
        finding = judge(Program("Tool", ("no-such-tool",), "x", (1,), "install it"))
        assert finding.status is Status.FAILURE
        assert "no-such-tool is not on PATH" in finding.what

    def test_all_programs_are_checked(self, script: Script, make_plan: MakePlan) -> None:
        script("javac", "echo javac 21.0.1")
        script("mvn", "echo Apache Maven 3.9.9; echo 'Java version: 21.0.1'")
        script("pulumi", "echo v3.259.0")
        assert [status for status, _ in _statuses_and_texts(run(programs.CHECK, make_plan()))] == [
            "ok"
        ] * len(PROGRAMS)

    def test_a_program_that_hangs_is_stopped(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("operate.programs.SECONDS", 0.2)
        script("tool", "exec sleep 20")
        assert ask("tool") == Answer(None, error="`tool` did not end within 0 seconds")
