"""The answers of an account without obstacles, for calls that the emulator does not support."""

from collections.abc import Mapping
from typing import Any

from operate.tests.wire import Answer, Wire

PROFILE = "us.anthropic.claude-sonnet-5-5"
MODEL = "anthropic.claude-sonnet-5-5"


def profile(*regions: str) -> Answer:
    """GetInferenceProfile."""
    arn = f"arn:aws:bedrock:us-west-2:123456789012:inference-profile/{PROFILE}"
    return {
        "inferenceProfileName": "US Claude Sonnet",
        "inferenceProfileArn": arn,
        "inferenceProfileId": PROFILE,
        "models": [
            {"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{MODEL}"}
            for region in regions or ("us-east-1", "us-west-2")
        ],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def availability(
    agreement: str = "AVAILABLE", authorization: str = "AUTHORIZED", entitlement: str = "AVAILABLE"
) -> Answer:
    """GetFoundationModelAvailability."""
    return {
        "modelId": MODEL,
        "agreementAvailability": {"status": agreement},
        "authorizationStatus": authorization,
        "entitlementAvailability": entitlement,
        "regionAvailability": "AVAILABLE",
    }


def quota(value: float) -> Answer:
    """GetServiceQuota."""
    return {"Quota": {"Value": value, "Adjustable": True}}


def simulated(decision: str = "allowed", *only: str) -> Any:
    """SimulatePrincipalPolicy: this decision for the actions in `only` (for all if there are none)."""

    def answer(parameters: Mapping[str, Any]) -> Answer:
        actions = [value for key, value in parameters.items() if key.startswith("ActionNames.member.")]
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalDecision": decision if action in only or not only else "allowed",
                }
                for action in actions
            ],
            "IsTruncated": False,
        }

    return answer


def prepare(wire: Wire) -> None:
    """Configure all of these answers."""
    wire.answers |= {
        ("bedrock", "GetUseCaseForModelAccess"): {"formData": b"{}"},
        ("bedrock", "GetInferenceProfile"): profile(),
        ("bedrock", "GetFoundationModelAvailability"): availability(),
        ("service-quotas", "GetServiceQuota"): quota(100.0),
        ("iam", "SimulatePrincipalPolicy"): simulated(),
    }
