"""What the emulator needs of moto's internals, in the version of moto that is installed.

`make test-moto` runs this with another version as well.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pytest

from conftest import LOCAL
from emulator import moto_adapter
from emulator.moto_adapter import Answer, MotoHasChanged

REPOSITORY = LOCAL.parent
ADAPTER = LOCAL / "emulator" / "moto_adapter.py"
FOLDERS = ("testbench", "policy", "prove", "operate", "bench")


def _imported(file: Path) -> set[str]:
    """The top-level names of the packages that a module imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_only_the_adapter_imports_moto() -> None:
    files = {file for folder in FOLDERS for file in (REPOSITORY / folder).rglob("*.py")}
    own = {file for file in files if not {".venv", "node_modules"} & set(file.parts)}
    assert {file for file in own if "moto" in _imported(file)} == {ADAPTER}


# A name that the adapter replaces, with the module or class that has it, and the adapter's function.
REPLACED: list[tuple[str, str, Callable[[], None]]] = [
    ("BaseResponse", "call_action", lambda: moto_adapter.surround_every_call(lambda _, answer: answer())),
    ("ElasticAddressBackend", "allocate_address", lambda: moto_adapter.choose_public_addresses(str)),
    ("vpcs", "random_ipv6_cidr", lambda: moto_adapter.choose_ipv6_blocks(str)),
    (
        "NetworkInterfaceBackend",
        "create_network_interface",
        lambda: moto_adapter.choose_private_addresses(max),
    ),
    ("Subnet", "ipv6_cidr_block_association_set", lambda: moto_adapter.show_ipv6_associations(list)),
    ("SecurityGroupRule", "description", lambda: moto_adapter.compare_security_group_rules(str, tuple)),
    ("Route53ResolverBackend", "_matched_arn", lambda: moto_adapter.allow_resolver_tags(re.compile(""))),
]


@pytest.mark.parametrize(("owner", "name", "replace"), REPLACED, ids=[name for _, name, _ in REPLACED])
def test_a_name_that_moto_no_longer_has_stops_the_emulator_and_is_named(
    monkeypatch: pytest.MonkeyPatch, owner: str, name: str, replace: Callable[[], None]
) -> None:
    monkeypatch.delattr(f"emulator.moto_adapter.{owner}.{name}")
    with pytest.raises(MotoHasChanged, match=rf"moto \d.* has no .*{owner}\.{name}"):
        replace()


def test_a_check_of_an_action_that_moto_no_longer_has_stops_the_emulator() -> None:
    with pytest.raises(MotoHasChanged, match=r"EC2Response\.create_everything"):
        moto_adapter.surround("ec2", "create_everything", lambda _, original: original())


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("ElasticAddressBackend.allocate_address", ["domain", "address", "tags"]),
        (
            "NetworkInterfaceBackend.create_network_interface",
            ["subnet", "private_ip_address", "private_ip_addresses"],
        ),
        ("Subnet.get_filter_value", ["filter_name", "method_name"]),
        ("Route53ResolverBackend._matched_arn", ["resource_arn"]),
        ("BaseResponse.call_action", []),
    ],
)
def test_what_the_adapter_replaces_takes_the_parameters_that_it_passes_on(
    method: str, parameters: list[str]
) -> None:
    signature = inspect.signature(attrgetter(method)(moto_adapter))
    assert list(signature.parameters)[1 : 1 + len(parameters)] == parameters
    assert all(
        one.default is not inspect.Parameter.empty or one.kind is inspect.Parameter.VAR_KEYWORD
        for one in list(signature.parameters.values())[1 + len(parameters) :]
    )


def test_members_of_an_answer_that_is_already_text_cannot_be_changed() -> None:
    with pytest.raises(MotoHasChanged, match="answers with str"):
        assert Answer('{"Arn": "x"}').members


def test_a_global_service_has_one_backend_for_all_regions() -> None:
    account = "123456789012"
    one, other = (moto_adapter.backend("iam", account, region) for region in ("us-west-2", "eu-west-1"))
    assert one is other
    regional = [moto_adapter.backend("ecs", account, region) for region in ("us-west-2", "eu-west-1")]
    assert regional[0] is not regional[1]
    assert moto_adapter.has_region("ecs", account, "us-west-2")
    assert not moto_adapter.has_region("ecs", account, "us-west-99")
