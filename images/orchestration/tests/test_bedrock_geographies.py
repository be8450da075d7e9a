"""The table of geographies says what AWS documents, and the agent and the Java program read the same one."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from orchestration.agent import model_ids

ROOT = Path(__file__).resolve().parents[3]
TABLE = Path(str(files("orchestration").joinpath("bedrock_geographies.json")))
GEOGRAPHIES = json.loads(TABLE.read_text(encoding="utf-8"))["geographies"]
# AWS's own pattern for region names (botocore, partitions.json), all partitions together.
REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx|us-gov)-[a-z]+-\d")


def test_the_agent_knows_the_prefixes_that_aws_has() -> None:
    assert model_ids.scopes() == {"us", "us-gov", "eu", "apac", "au", "jp", "ca", "global"}


def test_every_region_is_named_as_aws_names_regions() -> None:
    for geography in GEOGRAPHIES:
        # An empty destination stands for global routing.
        for region in {*geography["sourceRegions"], *geography["destinationRegions"]} - {""}:
            assert REGION.fullmatch(region), (geography["prefix"], region)


def test_the_java_program_takes_the_file_that_this_package_reads() -> None:
    pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
    assert f"<directory>{TABLE.parent.relative_to(ROOT)}</directory>" in pom
    assert f"<include>{TABLE.name}</include>" in pom


@pytest.mark.parametrize(
    ("region", "prefixes"),
    [
        ("us-west-2", ["us", "global"]),
        ("ca-central-1", ["ca", "us", "global"]),
        ("eu-central-1", ["eu", "global"]),
        ("ap-northeast-1", ["jp", "apac", "global"]),
        ("us-gov-west-1", ["us-gov"]),
        ("cn-north-1", []),
    ],
)
def test_a_region_has_the_profiles_that_aws_lists_for_it(region: str, prefixes: list[str]) -> None:
    assert [one["prefix"] for one in GEOGRAPHIES if region in one["sourceRegions"]] == prefixes
