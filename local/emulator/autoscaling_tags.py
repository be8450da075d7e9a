"""Application Auto Scaling: tags, which moto lacks and the Terraform provider reads on every refresh."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from emulator.actions import Parameters, Result, answers, corrects, table


def _tags(call: Any, arn: str) -> dict[str, str]:
    return table(call.applicationautoscaling_backend, "tags").setdefault(arn, {})  # type: ignore[no-any-return]


@answers(ApplicationAutoScalingResponse)
def list_tags_for_resource(call: Any, parameters: Parameters) -> Result:
    return {"Tags": _tags(call, parameters["ResourceARN"])}


@answers(ApplicationAutoScalingResponse)
def tag_resource(call: Any, parameters: Parameters) -> Result:
    _tags(call, parameters["ResourceARN"]).update(parameters["Tags"])
    return {}


@answers(ApplicationAutoScalingResponse)
def untag_resource(call: Any, parameters: Parameters) -> Result:
    for key in parameters["TagKeys"]:
        _tags(call, parameters["ResourceARN"]).pop(key, None)
    return {}


@corrects(ApplicationAutoScalingResponse, "register_scalable_target")
def tag_new_target(call: Any, parameters: Parameters, result: str) -> str:
    answer = json.loads(result or "{}")
    if "ScalableTargetARN" not in answer:
        targets = call.applicationautoscaling_backend.describe_scalable_targets(
            parameters["ServiceNamespace"], [parameters["ResourceId"]], parameters["ScalableDimension"]
        )
        answer["ScalableTargetARN"] = targets[0].arn
    _tags(call, answer["ScalableTargetARN"]).update(parameters.get("Tags", {}))
    return json.dumps(answer)
