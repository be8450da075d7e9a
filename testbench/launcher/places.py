"""Where everything lives: sources in the repository, everything generated below `.local/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Paths of one checkout. Nothing outside `.local/` and Maven's `target/` is kept."""

    root: Path

    @classmethod
    def of_this_checkout(cls) -> Places:
        return cls(Path(__file__).resolve().parents[2])

    @property
    def sources(self) -> Path:
        return self.root / "testbench"

    @property
    def generated(self) -> Path:
        return self.root / ".local"

    @property
    def bin(self) -> Path:
        return self.generated / "bin"

    @property
    def venv(self) -> Path:
        return self.generated / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def stamps(self) -> Path:
        return self.generated / "stamps"

    @property
    def logs(self) -> Path:
        return self.generated / "logs"

    @property
    def lock(self) -> Path:
        return self.generated / "lock"

    @property
    def pulumi_home(self) -> Path:
        return self.generated / "pulumi-home"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.generated / "state"

    @property
    def made_in(self) -> Path:
        """Names the emulator in which the state's resources were made."""
        return self.state / "made-in"

    @property
    def emulator(self) -> Path:
        """The running emulator's identity; written and removed by itself."""
        return self.generated / "emulator.json"

    @property
    def last_port(self) -> Path:
        return self.generated / "emulator.port"

    @property
    def emulator_log(self) -> Path:
        return self.logs / "emulator.log"

    @property
    def runner(self) -> Path:
        """The running task runner's identity; written and removed by itself. Beside it are its tasks."""
        return self.generated / "fargate" / "runner.json"

    @property
    def runner_log(self) -> Path:
        return self.logs / "fargate.log"

    @property
    def containers(self) -> Path:
        """Images, containers and settings of the container engine; see `launcher.containers`."""
        return self.generated / "containers"

    @property
    def engine(self) -> Path:
        """The command of the container engine."""
        return self.bin / "container-engine"

    @property
    def registry(self) -> Path:
        """The layers of the images that the emulated ECR holds."""
        return self.generated / "registry"

    @property
    def orchestration_venv(self) -> Path:
        """The console's Python with what its tests need; the demo's actors run on it."""
        return self.generated / "venv-orchestration"

    @property
    def cfn_lint(self) -> Path:
        """cfn-lint, in a virtual environment of its own: only tests need it."""
        return self.generated / "venv-cfn-lint" / "bin" / "cfn-lint"

    @property
    def project(self) -> Path:
        """The generated project file that runs the jar; see `launcher.program`."""
        return self.generated / "project"

    @property
    def jvm(self) -> Path:
        """The `java` for short-lived programs."""
        return self.generated / "jvm"

    @property
    def proof(self) -> Path:
        """The reachability report of the last `make up` or `make prove`."""
        return self.generated / "proof"

    @property
    def jar(self) -> Path:
        return self.root / "target" / "computer-use-sandbox.jar"
