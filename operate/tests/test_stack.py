"""The stack is read through the Pulumi CLI, and its errors are reported with a fix."""

import shutil
from pathlib import Path

import pytest

from operate.programs import ask
from operate.stack import ROOT, StackFailure, read
from operate.tests import programs as scripts
from operate.tests.conftest import Script

REGION = {"aws:region": {"value": "eu-west-1", "secret": False}}


def test_the_real_cli_gives_the_settings_with_the_projects_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    monkeypatch.setenv("PULUMI_SKIP_UPDATE_CHECK", "true")
    assert ask("pulumi", "stack", "init", "mine", folder=tmp_path).succeeded
    for arguments in (("natGateways", "2"), ("--secret", "loginPassword", "do not show this")):
        assert ask("pulumi", "config", "set", *arguments, folder=tmp_path).succeeded
    stack = read(None, tmp_path, with_outputs=True)
    assert stack.name == "mine"
    assert stack.access.region == "us-west-2"
    assert stack.settings.number("natGateways", 1) == 2
    assert stack.settings.items("bedrockModels") == ("us.anthropic.claude-sonnet-5-5",)
    assert stack.settings.text("loginPassword") == ""
    assert stack.resources == ()
    with pytest.raises(StackFailure, match="no stack named 'other' found"):
        read("other", tmp_path)


def test_the_organisation_is_not_part_of_the_name(script: Script) -> None:
    scripts.pulumi(script, REGION, name="my-company/dev")
    stack = read(None)
    assert stack.name == "dev"
    assert stack.log_groups[0] == "/computer-use-sandbox/dev/containers"


def test_the_stacks_region_overrides_the_environments(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    scripts.pulumi(script, REGION)
    assert read(None).access.region == "eu-west-1"
    scripts.pulumi(script, {})
    assert read(None).access.region == "us-east-1"


def test_the_stacks_profile_and_keys_are_used(script: Script) -> None:
    settings = {
        **REGION,
        "aws:profile": {"value": "sandbox", "secret": False},
        "aws:accessKey": {"secret": True},
        "aws:secretKey": {"secret": True},
    }
    scripts.pulumi(script, settings)
    access = read(None).access
    assert (access.profile, access.access_key, access.secret_key) == ("sandbox", "key", "secret")


def test_resources_pending_deletion_do_not_count(script: Script) -> None:
    resources: list[dict[str, object]] = [
        {"type": "aws:ec2/eip:Eip", "id": "new"},
        {"type": "aws:ec2/eip:Eip", "id": "old", "delete": True},
        {"type": "computer-use-sandbox:network:SandboxVpc"},
    ]
    scripts.pulumi(script, REGION, resources=resources)
    assert read(None).owned("aws:ec2/eip:Eip") == {"new"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("echo 'error: no stack selected' >&2; exit 255", "no stack selected.*pulumi stack select"),
        ("echo nonsense", "not JSON"),
        ("echo '[]'", "not a JSON object"),
    ],
)
def test_an_error_of_the_cli_is_reported(script: Script, body: str, words: str) -> None:
    script("pulumi", body)
    with pytest.raises(StackFailure, match=words):
        read(None)


def test_a_missing_cli_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(StackFailure, match="pulumi is not on PATH: install"):
        read(None)


def test_a_missing_region_is_reported(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    scripts.pulumi(script, {})
    with pytest.raises(StackFailure, match="pulumi config set aws:region"):
        read(None)


def test_outputs_are_read_only_when_they_are_needed(script: Script) -> None:
    scripts.pulumi(script, REGION, outputs={"password": "x", "username": "y"})
    assert read(None).outputs == {}
    stack = read(None, with_outputs=True)
    assert stack.outputs == {"password": "x", "username": "y"}
    assert stack.secrets == ("x",)
