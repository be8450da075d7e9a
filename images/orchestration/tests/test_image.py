"""The image's files agree with each other. The built image is tested in testbench/tests/built_images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from console_process import SOURCES, ConsoleProcess

IMAGE = Path(__file__).parent.parent
DOCKERFILE = (IMAGE / "Dockerfile").read_text()


def test_the_base_is_pinned_by_digest_and_every_stage_uses_it() -> None:
    assert re.search(r"^ARG BASE_IMAGE=\S+@sha256:[0-9a-f]{64}$", DOCKERFILE, re.MULTILINE)
    stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", DOCKERFILE, re.MULTILINE)
    names = {name for _, name in stages}
    assert len(stages) >= 3 and all(base == "${BASE_IMAGE}" or base in names for base, _ in stages)


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users and users[-1] == "10001:10001"


def test_requirements_are_locked_with_hashes_and_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (IMAGE / name).read_text()
        pinned = re.findall(r"^[a-z0-9._-]+(?:\[[a-z]+\])?==\S+", text, re.MULTILINE | re.IGNORECASE)
        assert len(pinned) > 40 and text.count("--hash=sha256:") >= len(pinned)
        assert "http" not in text.replace("httpx", "").replace("httpcore", "").replace("httptools", "")
    assert "--require-hashes" in DOCKERFILE


def test_the_build_context_is_an_allow_list_that_holds_what_the_dockerfile_copies() -> None:
    lines = (IMAGE / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert all(line.startswith(("!", "**/")) for line in lines[1:])
    copied = set()
    for sources in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE):
        copied |= {source.split("/")[0] for source in sources.split()}
    assert copied <= allowed


def test_the_health_check_is_where_the_task_definition_looks_for_it() -> None:
    assert 'CMD ["/usr/local/bin/healthcheck"]' in DOCKERFILE
    assert "bin/healthcheck /usr/local/bin/" in DOCKERFILE
    assert os.access(IMAGE / "bin" / "healthcheck", os.X_OK) and os.access(IMAGE / "bin" / "console", os.X_OK)


def test_entry_point_and_health_check_work_as_the_container_calls_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    console = ConsoleProcess(tmp_path / "data", "http://127.0.0.1:9")
    variables = {**console.variables(), "ORCHESTRATION_PYTHON": sys.executable, "PYTHONPATH": str(SOURCES)}

    def healthy() -> int:
        return subprocess.call([IMAGE / "bin" / "healthcheck"], env=variables, stderr=subprocess.DEVNULL)

    assert healthy() == 1
    with console.output.open("wb") as output:
        console.process = subprocess.Popen(
            [IMAGE / "bin" / "console"], env=variables, stdout=output, stderr=output
        )
    console.wait_until_healthy()
    assert healthy() == 0
    assert console.stop() == 0
    assert healthy() == 1


def refused_start(variables: dict[str, str]) -> str:
    """What a container that cannot start says, after checking that it does not start."""
    command = [sys.executable, "-m", "orchestration"]
    done = subprocess.run(command, check=False, env=variables, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    return done.stderr


def test_a_bad_variable_stops_the_container_at_once_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    variables = ConsoleProcess(tmp_path / "data", "http://127.0.0.1:9").variables()
    secret = variables.pop("CONTROL_TOKEN")
    assert "CONTROL_TOKEN" in refused_start(variables)
    complaint = refused_start({**variables, "CONTROL_TOKEN": secret[:10]})
    assert "CONTROL_TOKEN" in complaint and secret[:10] not in complaint


def test_the_console_writes_only_to_tmp_and_its_data(tmp_path: Path) -> None:
    """As with a read-only root file system: everything that is written lies below the two volumes."""
    with ConsoleProcess(tmp_path / "data", "http://127.0.0.1:9") as console:
        console.sign_in()
        processes = [console.pid_of("console"), console.pid_of("nginx")]
        for process in processes:
            for link in Path(f"/proc/{process}/fd").iterdir():
                target = str(link.readlink())
                flags = Path(f"/proc/{process}/fdinfo/{link.name}").read_text()
                writable = int(re.findall(r"flags:\s+(\d+)", flags)[0], 8) & os.O_ACCMODE
                if target.startswith("/") and writable and not target.startswith(("/dev/", "/memfd")):
                    assert target.startswith(str(tmp_path)), target
