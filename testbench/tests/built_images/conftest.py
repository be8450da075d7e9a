"""The two images, built from a checkout whose files only their owner may read, and containers of them."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from containers import base, image, private_podman, ulimits
from containers.engine import Engine, own_environment
from runner.ecs.definition import DEFAULT_CAPABILITIES

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("environment", "orchestration")


@pytest.fixture(scope="session")
def engine() -> Engine:
    """With the storage of `make up`, so that what that has built is not built again."""
    return private_podman.engine(ROOT / ".local")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the images' files, with the modes that a checkout under umask 077 has."""
    folder = tmp_path_factory.mktemp("checkout")
    files = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "images"], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, files):
        source, copy = ROOT / name, folder / name
        if not source.is_file():
            continue  # deleted and not committed yet
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
        copy.chmod(0o700 if source.stat().st_mode & 0o100 else 0o600)
    for directory in (one for one in folder.rglob("*") if one.is_dir()):
        directory.chmod(0o700)
    return folder


@pytest.fixture(scope="session")
def images(engine: Engine, checkout: Path) -> dict[str, str]:
    """The images' names, by the name of their folder."""
    built = {name: f"localhost/computer-use-sandbox/{name}:test" for name in NAMES}
    dockerfiles = [checkout / "images" / name / "Dockerfile" for name in NAMES]
    chosen = base.provide(engine, ROOT / ".local" / "containers", dockerfiles)
    for name, tag in built.items():
        image.build(engine, checkout / "images" / name, tag, chosen)
    return built


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate and its key, as the variables that both images take."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        capture_output=True,
        check=True,
    )
    return {"TLS_PRIVATE_KEY": key.read_text(), "TLS_CERTIFICATE": certificate.read_text()}


class Container:
    """A container that was started; `name` is the engine's name of it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine, self.name = engine, name

    def ask(self, *command: str, user: str | None = None) -> str:
        """What a command inside prints; it may fail."""
        who = [f"--user={user}"] if user else []
        ended = self.engine.process("exec", *who, self.name, *command)
        return (ended.stdout + ended.stderr).strip()

    def is_healthy(self) -> bool:
        """As ECS finds out: by the command of the task definition's health check."""
        return self.engine.process("exec", self.name, "/usr/local/bin/healthcheck").returncode == 0

    def wait_until_healthy(self, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_healthy():
            logs = self.engine.process("logs", self.name)
            assert time.monotonic() < deadline, logs.stdout + logs.stderr
            time.sleep(0.5)


Start = Callable[..., Container]


@pytest.fixture(scope="session")
def start(engine: Engine, images: dict[str, str], tls: dict[str, str]) -> Iterator[Start]:
    """Starts a container of an image as its task definition does, with no network."""
    started: list[str] = []

    def begin(name: str, options: Sequence[str] = ()) -> Container:
        container = f"computer-use-sandbox-test-{uuid.uuid4().hex[:12]}"
        started.append(container)
        variables = {**COMMON, **OWN[name], **tls}
        engine.run(
            *("run", "--detach", f"--name={container}", "--network=none", "--pull=never"),
            *ulimits.arguments(),
            *RIGHTS[name],
            *options,
            *(f"--env={key}" for key in variables),
            images[name],
            environment={**own_environment(), **variables},
        )
        return Container(engine, container)

    yield begin
    for container in started:
        engine.run("rm", "--force", "--time=0", "--volumes", container)


COMMON = {
    "LOGIN_USERNAME": "computeruse",
    "LOGIN_PASSWORD": "correct horse battery",
    "CONTROL_TOKEN": "control-token-0123456789abcdef",
}
OWN = {
    "environment": {
        "DISPLAY_WIDTH": "1024",
        "DISPLAY_HEIGHT": "768",
        "VIEWER": "novnc",
        "HUMAN_PAUSE_SECONDS": "10",
    },
    "orchestration": {
        "ENVIRONMENT_URL": "http://127.0.0.1:5000",
        "VIEWER_URL": "https://localhost:8443/",
        "AWS_REGION": "us-west-2",
        "DEFAULT_PROVIDER": "bedrock",
        "DEFAULT_MODEL": "us.anthropic.claude-sonnet-5-5",
        "BEDROCK_MODELS": "us.anthropic.claude-sonnet-5-5",
        "SESSION_IDLE_MINUTES": "60",
        "DATA_DIRECTORY": "/var/lib/orchestration",
    },
}
# As `SandboxStack` has it in the task definitions. The desktop keeps two capabilities within bounds: with
# podman's --cap-add a user other than root would have them at once, which is not so on Fargate.
RIGHTS = {
    "environment": [f"--cap-drop={name}" for name in sorted(DEFAULT_CAPABILITIES - {"SETGID", "SETUID"})],
    "orchestration": ["--cap-drop=ALL", "--read-only", "--read-only-tmpfs=false"],
}
