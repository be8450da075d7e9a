"""Log groups."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of
from judges.places_in_inputs import ABSENT

_GROUP = "cloudwatch.LogGroup containers"

MISTAKES = (
    Mistake(
        "log group's name with a blank",
        _GROUP,
        {"name": "/computer use/containers"},
        "Allowed are letters, digits and _-/.#.",
        "CloudWatch Logs API: CreateLogGroup",
    ),
    Mistake(
        "log group's name with a colon",
        _GROUP,
        {"name": "/computer-use:containers"},
        "Allowed are letters, digits and _-/.#.",
        "CloudWatch Logs API: CreateLogGroup",
    ),
    Mistake(
        "log group's name of 513 characters",
        _GROUP,
        {"name": "x" * 513},
        "At most 512 characters.",
        "CloudWatch Logs API: CreateLogGroup",
    ),
    Mistake(
        "log group in AWS's own space",
        _GROUP,
        {"name": "aws/containers", "kmsKeyId": ABSENT},
        "A name does not begin with aws/.",
        "CloudWatch Logs API: CreateLogGroup",
    ),
    Mistake(
        "log group that is kept for 31 days",
        _GROUP,
        {"retentionInDays": 31},
        "The days are one of a list: 1, 3, 5, 7, 14, 30, 60, 90 and so on.",
        "CloudWatch Logs API: PutRetentionPolicy, retentionInDays",
    ),
    Mistake(
        "log group of an unknown class",
        _GROUP,
        {"logGroupClass": "CHEAP"},
        "The class is STANDARD, INFREQUENT_ACCESS or DELIVERY.",
        "CloudWatch Logs API: logGroupClass",
    ),
    Mistake(
        "log group with a key's id for its ARN",
        _GROUP,
        {"kmsKeyId": Of("kms.Key sandbox", "keyId")},
        "The key is named by its ARN.",
        "CloudWatch Logs API: CreateLogGroup, kmsKeyId",
    ),
    Mistake(
        "log group that the key's policy leaves out",
        _GROUP,
        {"name": "/somewhere-else/containers"},
        "The key's policy lets CloudWatch Logs use it for this group.",
        "CloudWatch Logs guide: encrypt log data",
    ),
)
