"""The stack's configuration is read strictly, and a value that can't be read allows nothing."""

import ipaddress
import json

import pytest

from sandbox_policy.stack_config import NOBODY, StackConfig


def read(**values: object) -> StackConfig:
    text = json.dumps({f"computer-use-sandbox:{key}": value for key, value in values.items()})
    return StackConfig.from_environment({"PULUMI_CONFIG": text})


def test_no_deployer_means_nobody() -> None:
    config = read()
    assert config.deployer == NOBODY
    assert config.allowed_sources == (NOBODY,)
    assert config.problems == ()


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.1", "203.0.113.1/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("255.255.255.255/32", "255.255.255.255/32"),
    ],
)
def test_an_address_or_a_range_is_understood(text: str, network: str) -> None:
    config = read(deployerIp=text)
    assert config.deployer == ipaddress.ip_network(network)
    assert config.problems == ()


@pytest.mark.parametrize(
    "value",
    [
        *("0.0.0.0/0", "0.0.0.0/1", "::/0", "10.0.0.0/8", "203.0.113.5/24", "203.0.113.0/255.255.255.0"),
        *("999.1.1.1", "1.2.3", "10.0.0.0/33", "203.0.113.0/", "fe80::1%eth0", "localhost", "", " "),
        *("203.0.113.1\n", "203.0.113.1,203.0.113.2", "\u0662\u0660\u0663.0.113.1"),
        *("224.0.0.1", "127.0.0.1", "0.0.0.0", "::", "::1"),
        *(203, None, ["203.0.113.1"]),
    ],
)
def test_an_unusable_deployer_allows_nobody_and_says_so(value: object) -> None:
    config = read(deployerIp=value)
    assert config.allowed_sources == (NOBODY,)
    assert bool(config.problems) == (value is not None)


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_a_configuration_that_can_not_be_read_allows_nobody_and_says_so(text: str | None) -> None:
    config = StackConfig.from_environment({} if text is None else {"PULUMI_CONFIG": text})
    assert config.allowed_sources == (NOBODY,)
    assert config.problems


def test_bedrock_models_are_a_json_list() -> None:
    assert read(bedrockModels='["a.b-1:0"]').bedrock_models == {"a.b-1:0"}


@pytest.mark.parametrize("value", ["a.b-1:0", "{}", '[""]', "[1]", 1])
def test_bedrock_models_that_can_not_be_read_allow_no_model_and_say_so(value: object) -> None:
    config = read(bedrockModels=value)
    assert config.bedrock_models == frozenset()
    assert config.problems
