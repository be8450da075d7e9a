"""EC2 flow logs: deliverable to a log group named by its ARN, and with a role that may deliver only."""

from __future__ import annotations

from typing import Any

from moto.ec2.responses import EC2Response
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends

from emulator.actions import Parameters, checks, corrects, refuse
from emulator.policy_documents import allows, statements


@corrects(EC2Response, "create_flow_logs")
def deliver_to_an_existing_group(call: Any, parameters: Parameters, result: Any) -> Any:
    arn = parameters.get("LogDestination", "")
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    if name in logs_backends[call.current_account][call.region].groups:
        for flow_log in call.ec2_backend.flow_logs.values():
            if flow_log.log_destination == arn:
                flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "SUCCESS", None
    return result


# VPC guide, "IAM role for publishing flow logs to CloudWatch Logs".
_DELIVERER = "vpc-flow-logs.amazonaws.com"


@checks(EC2Response, "create_flow_logs")
def role_must_be_assumable(call: Any, parameters: Parameters) -> None:
    arn = parameters.get("DeliverLogsPermissionArn")
    if arn is None:
        return
    account = call.current_account
    backend: Any = iam_backends[account]["aws"]
    role = next((one for one in backend.roles.values() if one.arn == arn), None)
    context = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:ec2:{call.region}:{account}:vpc-flow-log/fl-0",
    }
    if role is None or not allows(
        statements(role.assume_role_policy_document), "Service", _DELIVERER, "sts:AssumeRole", context
    ):
        refuse("InvalidParameter", f"Access to deliver logs is denied: {_DELIVERER} cannot assume {arn}.")
