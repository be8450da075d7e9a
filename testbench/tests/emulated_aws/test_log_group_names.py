"""Names of log groups that AWS keeps for itself."""

from __future__ import annotations

from conftest import Aws, Refused


def test_a_name_that_starts_with_aws_and_a_slash_is_refused(aws: Aws, refused: Refused) -> None:
    create = aws("logs").create_log_group
    assert refused(create, logGroupName="aws/containers") == "InvalidParameterException"
    for name in ("/aws/ecs/containers", "aws-containers"):
        create(logGroupName=name)
