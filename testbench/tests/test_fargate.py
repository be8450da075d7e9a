"""Whether tasks can run on this machine, and what that takes. The engine and the runner are stand-ins."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import checkout
from containers import base
from launcher import containers, emulator_process, fargate, local_aws, packages, runner_process
from launcher.places import Places
from launcher.report import Clock, Failure

PINNED = "debian:bookworm-slim@sha256:" + "a" * 64
# Notes each call, has the images in the file `images`, and pulls if the file `registry-answers` is there.
_ENGINE = """\
#!/bin/sh
root={root}
echo "$*" >> $root/engine-calls
test ! -e $root/no-engine || exit 1
for last; do :; done
case $1 in
  --version) echo podman version 4.3.1 ;;
  image) grep -qxF "$last" $root/images ;;
  pull) test -e $root/registry-answers && echo "$last" >> $root/images ;;
  import) echo "$last" >> $root/images ;;
esac
"""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """Root on Linux with its packages there, an engine without images, and no registry that answers."""
    made = Places(tmp_path)
    monkeypatch.setattr(packages, "provide", lambda *_: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "platform", "linux")
    for image in containers.IMAGES:
        dockerfile = tmp_path / "images" / image / "Dockerfile"
        dockerfile.parent.mkdir(parents=True)
        dockerfile.write_text(f"ARG BASE_IMAGE={PINNED}\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    for name in ("podman", "docker"):
        _program(made, name, _ENGINE.format(root=tmp_path / "engine"))
    _program(made, "mmdebstrap", '#!/bin/sh\nfor last; do :; done\ntouch "$last"\n')
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "images").touch()
    checkout.install_tools(made)
    checkout.install_runner(made)
    yield made
    runner_process.stop(made)


def _program(places: Places, name: str, script: str) -> None:
    program = places.root / "bin" / name
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)


def _calls(places: Places) -> list[str]:
    file = places.root / "engine" / "engine-calls"
    return file.read_text().splitlines() if file.exists() else []


def _no_packages(*_: Any) -> str:
    return "no packages here"


def _told(places: Places, variable: str) -> str:
    """What the engine's command sees in a variable."""
    script = places.engine.read_text().replace('exec podman "$@"', f'echo "${variable}"')
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def test_root_gets_podman_with_a_storage_of_its_own(places: Places) -> None:
    assert fargate.prepare(places, Clock()) is None
    settings = Path(_told(places, "CONTAINERS_STORAGE_CONF"))
    assert settings.is_relative_to(places.containers)
    assert f'graphroot = "{places.containers}/storage"' in settings.read_text()


@pytest.mark.parametrize("command", ["docker", "podman"])
def test_others_get_the_engine_that_they_have(
    places: Places, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for other in {"docker", "podman"} - {command}:
        (places.root / "bin" / other).unlink()
    monkeypatch.setenv("PATH", f"{places.root / 'bin'}:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "provide", _no_packages)
    assert containers.prepare(places, Clock()) is None
    assert f'exec {places.root}/bin/{command} "$@"' in places.engine.read_text()
    assert not places.containers.exists()


def test_without_an_engine_that_answers_it_says_what_it_takes(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places.root / "engine" / "no-engine").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    reason = fargate.prepare(places, Clock())
    assert reason is not None and "Docker daemon that answers" in reason and "root on Debian" in reason


def test_the_pinned_base_is_used_where_a_registry_has_it(places: Places) -> None:
    (places.root / "engine" / "registry-answers").touch()
    assert fargate.prepare(places, Clock()) is None
    assert f"pull --quiet {PINNED}" in _calls(places)
    assert (places.containers / "base-image").read_text() == ""


def test_where_none_has_it_a_base_is_made_once_and_that_is_said(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert fargate.prepare(places, Clock()) is None
    assert (places.containers / "base-image").read_text() == base.OWN
    assert len([call for call in _calls(places) if call.startswith("pull")]) == 1
    assert len([call for call in _calls(places) if call.startswith("import")]) == 1
    assert capsys.readouterr().err.count("No registry gives the images' pinned Debian base") == 1


def test_a_base_that_cannot_be_made_ends_it_with_the_reason(places: Places) -> None:
    _program(places, "mmdebstrap", "#!/bin/sh\necho E: no such mirror >&2\nexit 1\n")
    with pytest.raises(Failure, match="E: no such mirror"):
        fargate.prepare(places, Clock())


def test_the_docker_plugin_is_told_nothing_while_no_emulator_runs(places: Places) -> None:
    assert fargate.prepare(places, Clock()) is None
    assert containers.variables(places, "http://127.0.0.1:9") == {}


def test_only_what_works_on_the_running_emulator_pushes_to_its_registry(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = "http://127.0.0.1:4599", "http://127.0.0.1:4600"
    emulator = emulator_process.Emulator(1, 4599, own, "i", "now", registry="127.0.0.1:5000")
    monkeypatch.setattr(emulator_process, "running", lambda _: emulator)
    assert fargate.prepare(places, Clock()) is None
    found = local_aws.environment(places, own, {})
    assert found["SANDBOX_CONTAINER_ENGINE"] == str(places.engine)
    assert found["SANDBOX_REGISTRY"] == "127.0.0.1:5000"
    # A test's emulator, also in a shell that evaluated `make env`.
    assert not [name for name in local_aws.environment(places, other, found) if name.startswith("SANDBOX_")]


def test_the_runner_is_told_where_the_models_api_is(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:8")
    fargate.start(places, "http://127.0.0.1:9", "i")
    found = runner_process.running(places)
    assert found is not None
    assert found.arguments[found.arguments.index("--model-api") + 1] == "http://127.0.0.1:8"
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    fargate.start(places, "http://127.0.0.1:9", "i")
    found = runner_process.running(places)
    assert found is not None
    assert "--model-api" not in found.arguments


def test_an_address_that_cannot_be_the_models_api_is_refused_by_its_name() -> None:
    with pytest.raises(Failure, match="ANTHROPIC_BASE_URL: "):
        fargate.model_api({"ANTHROPIC_BASE_URL": "ftp://127.0.0.1"})


def test_what_is_not_enforced_is_the_runners_word(places: Places) -> None:
    assert fargate.not_enforced(places) == []
    fargate.start(places, "http://127.0.0.1:9", "i")
    assert fargate.not_enforced(places) == ["security groups"]


def test_a_machine_that_cannot_run_tasks_is_told_what_that_means(capsys: pytest.CaptureFixture[str]) -> None:
    fargate.tell("it is too small")
    assert capsys.readouterr().err == (
        "No task runs on this machine: it is too small. The services only count as running.\n"
    )
