"""Which models may be invoked."""

import re
from collections.abc import Iterator

from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import IDENTITY_POLICY_HOLDERS, granted

INVOKE = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"})
GEOGRAPHY = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|global)\.")
MODEL_ARN = re.compile(r"arn:[a-z-]+:bedrock:[a-z0-9*-]*::foundation-model/([a-z0-9.:-]+)")
PROFILE_ARN = re.compile(r"arn:[a-z-]+:bedrock:[a-z0-9-]+:[0-9]{12}:inference-profile/([a-z0-9.:-]+)")
PROFILE_CONDITION = "bedrock:InferenceProfileArn"


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each Bedrock right besides invoking the models that the stack configures."""
    for statement in granted(resource, context):
        rights = [action for action in statement.actions or () if action.lower().startswith("bedrock")]
        for action in rights:
            if action not in INVOKE:
                yield f"{statement.label} allows {action}; the agent only invokes models"
        if rights:
            for arn in statement.resources or ():
                if reason := _refusal(arn, statement, context.config.bedrock_models):
                    yield f"{statement.label} allows {arn}: {reason}"


def _refusal(arn: str, statement: Statement, models: frozenset[str]) -> str | None:
    configured = ", ".join(sorted(models)) or "none"
    if profile := PROFILE_ARN.fullmatch(arn):
        return None if profile[1] in models else f"bedrockModels configures {configured}"
    model = MODEL_ARN.fullmatch(arn)
    if model is None:
        return "it is neither one model nor one inference profile"
    if model[1] in models:
        return None
    through = {
        PROFILE_ARN.fullmatch(value)
        for operator, key, values in statement.conditions
        if key == PROFILE_CONDITION and operator in ("StringEquals", "ArnEquals")
        for value in values
    }
    profiles = {match[1] for match in through if match}
    served = {GEOGRAPHY.sub("", profile, count=1) for profile in profiles}
    if None not in through and profiles <= models and served == {model[1]}:
        return None
    return f"bedrockModels configures {configured}, and no condition limits it to a configured profile"


RULE = ResourceRule(
    name="iam-bedrock",
    promise="Only the models in bedrockModels may be invoked, and nothing else may be done on Bedrock.",
    why="Every model costs money and sees what is on the screen.",
    types=IDENTITY_POLICY_HOLDERS,
    check=check,
)
