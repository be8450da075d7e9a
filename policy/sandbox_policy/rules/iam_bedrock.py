"""Rule: the Bedrock models that may be invoked."""

import re
from collections.abc import Iterator

from sandbox_policy.bedrock_geographies import base_model, geography_of
from sandbox_policy.documents import Statement
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.policy_documents import IDENTITY_POLICY_HOLDERS, granted
from sandbox_policy.stack_config import StackConfig

INVOKE = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"})
MODEL_ARN = re.compile(r"arn:[a-z-]+:bedrock:(?P<region>[a-z0-9*-]*)::foundation-model/(?P<id>[a-z0-9.:-]+)")
PROFILE_ARN = re.compile(
    r"arn:[a-z-]+:bedrock:(?P<region>[a-z0-9-]+):[0-9]{12}:inference-profile/(?P<id>[a-z0-9.:-]+)"
)
DEFAULT_PROJECT_ARN = re.compile(r"arn:[a-z-]+:bedrock:[a-z0-9-]+:[0-9]{12}:project/default")
"""The project of a call that names none. AWS requires permission on it as well as on the model."""

PROFILE_CONDITION = "bedrock:InferenceProfileArn"


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each Bedrock permission other than invoking the models that are configured."""
    for statement in granted(resource, context):
        rights = [action for action in statement.actions or () if action.lower().startswith("bedrock")]
        for action in rights:
            if action not in INVOKE:
                yield f"{statement.label} allows {action}; the agent only invokes models"
        if rights:
            for arn in statement.resources or ():
                if reason := _refusal(arn, statement, context.config):
                    yield f"{statement.label} allows {arn}: {reason}"


def _refusal(arn: str, statement: Statement, config: StackConfig) -> str | None:
    if DEFAULT_PROJECT_ARN.fullmatch(arn):
        return None
    configured = ", ".join(sorted(config.bedrock_models)) or "none"
    if profile := PROFILE_ARN.fullmatch(arn):
        if profile["id"] not in config.bedrock_models:
            return f"bedrockModels configures {configured}"
        return _unreachable(profile["id"], profile["region"])
    model = MODEL_ARN.fullmatch(arn)
    if model is None:
        return "it is neither one model nor one inference profile"
    if model["id"] in config.bedrock_models:
        return None
    profiles = _only_through(statement)
    if not profiles or not profiles <= config.bedrock_models or {*map(base_model, profiles)} != {model["id"]}:
        return f"bedrockModels configures {configured}, and no condition limits it to a configured profile"
    served = (geography_of(profile) for profile in profiles)
    if not any(one is not None and one.serves(model["region"], config.region) for one in served):
        return f"{', '.join(sorted(profiles))} is not served in {model['region']!r}"
    return None


def _unreachable(profile: str, region: str) -> str | None:
    """Explain why a profile can't be called in a region; None if it can."""
    geography = geography_of(profile)
    if geography is None:
        return "its prefix is not a geography of Bedrock"
    if region not in geography.source_regions:
        return f"profiles of {geography.prefix} can't be called in {region}"
    return None


def _only_through(statement: Statement) -> frozenset[str]:
    """The ids of the profiles that a condition limits the statement to; empty if a value is not a profile."""
    matches = [
        PROFILE_ARN.fullmatch(value)
        for operator, key, values in statement.conditions
        if key == PROFILE_CONDITION and operator in ("StringEquals", "ArnEquals")
        for value in values
    ]
    return frozenset() if None in matches else frozenset(match["id"] for match in matches if match)


RULE = ResourceRule(
    name="iam-bedrock",
    promise="Only the models in bedrockModels may be invoked, and nothing else may be done on Bedrock.",
    why="Every model costs money and is sent pictures of the screen.",
    types=IDENTITY_POLICY_HOLDERS,
    check=check,
)
