"""EC2 flow logs: moto calls a log group named by its ARN undeliverable, though it exists."""

from __future__ import annotations

from typing import Any

from moto.ec2.responses import EC2Response
from moto.logs.models import logs_backends

from emulator.actions import Parameters, corrects


@corrects(EC2Response, "create_flow_logs")
def deliver_to_an_existing_group(call: Any, parameters: Parameters, result: Any) -> Any:
    arn = parameters.get("LogDestination", "")
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    if name in logs_backends[call.current_account][call.region].groups:
        for flow_log in call.ec2_backend.flow_logs.values():
            if flow_log.log_destination == arn:
                flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "SUCCESS", None
    return result
