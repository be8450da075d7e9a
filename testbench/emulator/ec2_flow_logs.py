"""EC2 flow logs: delivery to a log group named by its ARN, with a role that the service may assume."""

from __future__ import annotations

from emulator import principals
from emulator.actions import checks, corrects, refuse
from emulator.moto_adapter import Answer, Call, Parameters


@corrects("ec2", "create_flow_logs")
def deliver_to_an_existing_group(call: Call, parameters: Parameters, _answer: Answer) -> None:
    arn = parameters.get("LogDestination", "")
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    if name in call.backend_of("logs").groups:
        for flow_log in call.backend.flow_logs.values():
            if flow_log.log_destination == arn:
                flow_log.deliver_logs_status, flow_log.deliver_logs_error_message = "SUCCESS", None


# VPC guide, "IAM role for publishing flow logs to CloudWatch Logs".
_DELIVERER = "vpc-flow-logs.amazonaws.com"


@checks("ec2", "create_flow_logs")
def role_must_be_assumable(call: Call, parameters: Parameters) -> None:
    arn = parameters.get("DeliverLogsPermissionArn")
    # The flow log has no id yet, so any id stands for it.
    source = f"arn:aws:ec2:{call.region}:{call.account}:vpc-flow-log/fl-0"
    if arn is not None and not principals.may_assume(call, _DELIVERER, arn, source):
        refuse("InvalidParameter", f"Access to deliver logs is denied: {_DELIVERER} cannot assume {arn}.")
