"""Which AWS partition a region belongs to, and the DNS suffix of its service endpoints."""

import re
from collections.abc import Mapping
from typing import Final

PARTITION_BY_REGION_PREFIX: Final[Mapping[str, str]] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
"""The regions outside the partition `aws`, from botocore's partitions.json."""

DNS_SUFFIX: Final[Mapping[str, str]] = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}
"""Partition → the domain of its service host names, from botocore's partitions.json."""

ARN_PARTITION: Final = re.compile(r"arn:(?P<partition>[^:*?]+):")


def partition_of(region: str) -> str:
    """The partition of a region."""
    for prefix, partition in PARTITION_BY_REGION_PREFIX.items():
        if region.startswith(prefix):
            return partition
    return "aws"


def dns_suffix_of(region: str) -> str:
    """The DNS suffix of the service endpoints in a region."""
    return DNS_SUFFIX[partition_of(region)]


def foreign_partition(arn: str, region: str | None) -> str | None:
    """Explain why an ARN's partition is wrong; None if it is right or is a wildcard.

    Resources of one partition can't be used from another, so such an ARN never matches. Without a configured
    region, only the existence of the partition is checked.
    """
    match = ARN_PARTITION.match(arn)
    if match is None:
        return None
    if match["partition"] not in DNS_SUFFIX:
        return f"there is no partition {match['partition']!r}"
    if region is not None and match["partition"] != partition_of(region):
        return (
            f"it is in the partition {match['partition']}, and {region} is in {partition_of(region)}: "
            f"write arn:{partition_of(region)}:"
        )
    return None
