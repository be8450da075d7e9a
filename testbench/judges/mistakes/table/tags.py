"""Tags."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake

_SOURCE = "EC2 guide: tag restrictions"

MISTAKES = (
    Mistake(
        "tag's value of 257 characters",
        "ec2.Subnet private-0",
        {"tags.Name": "x" * 257},
        "A value has at most 256 characters.",
        _SOURCE,
    ),
    Mistake(
        "tag's key of 129 characters",
        "ec2.RouteTable public",
        {"tags." + "x" * 129: "y"},
        "A key has at most 128 characters.",
        _SOURCE,
    ),
    Mistake(
        "51 tags",
        "ec2.Eip nat-0",
        {"tags": {f"tag{number}": "x" for number in range(51)}},
        "A resource has at most 50 tags.",
        _SOURCE,
    ),
    Mistake(
        "tag on a role with a bracket",
        "iam.Role flow-logs",
        {"tags": {"owner": "<me>"}},
        "Allowed are letters, numbers, blanks and _.:/=+-@.",
        "IAM API: Tag, Value",
    ),
)
