"""CloudWatch Logs: names of log groups that AWS keeps for itself.

Source: CloudWatch Logs API reference, CreateLogGroup: "Log group names can't start with the string aws/".
"""

from __future__ import annotations

from typing import Any

from moto.logs.responses import LogsResponse

from emulator.actions import Parameters, checks, refuse

_RESERVED = "aws/"


@checks(LogsResponse, "create_log_group")
def name_must_not_be_reserved(_call: Any, parameters: Parameters) -> None:
    name = parameters["logGroupName"]
    if name.startswith(_RESERVED):
        refuse("InvalidParameterException", f"Log group names can't start with {_RESERVED}: {name}")
