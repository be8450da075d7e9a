"""The table of geographies says what AWS documents, and the agent and the Java program read the same one."""

from __future__ import annotations

import json
import re

import pytest

from orchestration import bedrock_geographies

# AWS's own pattern for region names (botocore, partitions.json), all partitions together.
REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx|us-gov)-[a-z]+-\d")


def test_the_prefixes_are_those_that_aws_has() -> None:
    assert set(bedrock_geographies.PREFIXES) == {"us", "us-gov", "eu", "apac", "au", "jp", "ca", "global"}


def test_every_region_is_named_as_aws_names_regions() -> None:
    for geography in bedrock_geographies.GEOGRAPHIES:
        for region in geography.source_regions | geography.destination_regions - {""}:
            assert REGION.fullmatch(region), (geography.prefix, region)


def test_the_java_program_takes_the_file_that_this_package_reads() -> None:
    root = bedrock_geographies.TABLE.parents[4]
    pom = (root / "pom.xml").read_text()
    assert f"<directory>{bedrock_geographies.TABLE.parent.relative_to(root)}</directory>" in pom
    assert f"<include>{bedrock_geographies.TABLE.name}</include>" in pom


def test_no_row_is_lost_or_added_on_the_way() -> None:
    rows = json.loads(bedrock_geographies.TABLE.read_text())["geographies"]
    assert [
        (g.prefix, sorted(g.source_regions), sorted(g.destination_regions))
        for g in bedrock_geographies.GEOGRAPHIES
    ] == [(row["prefix"], sorted(row["sourceRegions"]), sorted(row["destinationRegions"])) for row in rows]


@pytest.mark.parametrize(
    ("model_id", "prefix"),
    [
        ("us.anthropic.claude-sonnet-5-5", "us"),
        ("us-gov.anthropic.claude-sonnet-5-5", "us-gov"),
        ("global.anthropic.claude-sonnet-5-5", "global"),
        ("anthropic.claude-sonnet-5-5", None),
        ("claude-sonnet-5-5", None),
    ],
)
def test_an_id_belongs_to_the_geography_of_its_prefix(model_id: str, prefix: str | None) -> None:
    geography = bedrock_geographies.geography_of(model_id)
    assert (geography and geography.prefix) == prefix


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
    assert [geography.prefix for geography in bedrock_geographies.callable_in(region)] == prefixes
