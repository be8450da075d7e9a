"""The local environment leads to the emulator and lets nothing of a person's own through."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from launcher import local_aws
from launcher.places import Places

OWN = {
    "HOME": "/home/somebody",
    "PATH": "/usr/bin:/bin",
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "their key",
    "AWS_SECRET_ACCESS_KEY": "their secret",
    "AWS_SESSION_TOKEN": "their token",
    "AWS_CONFIG_FILE": "/home/somebody/.aws/config",
    "AWS_ENDPOINT_URL_EC2": "https://ec2.example",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "PULUMI_ACCESS_TOKEN": "their pulumi token",
    "PULUMI_STACK": "dev",
    "HTTPS_PROXY": "http://proxy.example:3128",
    "NO_PROXY": "intranet.example",
}
URL = "http://127.0.0.1:4599"
THEIRS = ("their", "production", "/home/somebody/.aws", "ec2.example", "dev")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "a checkout with 'blanks'")


def test_the_persons_own_aws_and_pulumi_settings_are_removed(places: Places) -> None:
    variables = local_aws.environment(places, URL, OWN)
    for name, value in variables.items():
        if name.startswith(("AWS_", "PULUMI_")):
            assert not any(value.startswith(one) for one in THEIRS), name
    assert "AWS_PROFILE" not in variables
    assert "AWS_SESSION_TOKEN" not in variables
    assert "AWS_ENDPOINT_URL_EC2" not in variables
    assert "PULUMI_ACCESS_TOKEN" not in variables
    assert variables["AWS_ENDPOINT_URL"] == URL
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert variables["HOME"] == OWN["HOME"]


def test_loopback_does_not_go_through_a_proxy(places: Places) -> None:
    assert local_aws.environment(places, URL, OWN)["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_a_shell_that_evaluates_the_lines_is_in_the_same_environment(places: Places) -> None:
    script = "\n".join([*local_aws.export_lines(places, URL, OWN), "env -0"])
    shell = subprocess.run(["/bin/sh", "-c", script], env=OWN, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in shell.stdout.split("\0") if line)
    ignored = {"PWD", "SHLVL", "_", "OLDPWD"}
    expected = local_aws.environment(places, URL, OWN)
    assert {name: value for name, value in found.items() if name not in ignored} == expected


def test_evaluating_twice_does_not_lengthen_the_path(places: Places) -> None:
    once = local_aws.environment(places, URL, OWN)
    assert local_aws.environment(places, URL, once)["PATH"] == once["PATH"]
