"""Whether the account may invoke each configured Bedrock model from the region.

An account must once send a use-case form and accept an agreement before it can invoke Anthropic's models.
"""

import re
from collections.abc import Callable, Iterator

from operate.aws import Answer
from operate.checks import attempt
from operate.findings import Finding, failure, ok, warning
from operate.preflight.plan import Plan, PlanCheck

# Bedrock's error codes for a profile or model that does not exist or whose id is invalid.
ABSENT = ("ResourceNotFoundException", "ValidationException")
# The id of a foundation model. The id of a profile has a geography before it.
PLAIN = re.compile(r"(?:anthropic|amazon|meta|mistral|cohere|ai21)\..+")
Report = Callable[[str, str], Finding]


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings. If Bedrock is not the agent's provider, an obstacle is only a warning."""
    models = plan.stack.settings.items("bedrockModels")
    if not models:
        yield ok("no Bedrock model is configured")
        return
    problem = failure if plan.uses_bedrock else warning
    yield from attempt("use-case form", lambda: _use_case(plan, problem))
    for model in models:
        yield from attempt(model, lambda model=model: _model(plan, model, problem))  # type: ignore[misc]


def _use_case(plan: Plan, problem: Report) -> Iterator[Finding]:
    if plan.aws.find("bedrock", "get_use_case_for_model_access", *ABSENT) is None:
        yield problem(
            "the account has not sent Anthropic's use-case form",
            "once per account: aws bedrock put-use-case-for-model-access --form-data fileb://form.json, "
            "or the Bedrock console's model catalogue",
        )
    else:
        yield ok("the account has sent the use-case form for Anthropic's models")


def _model(plan: Plan, model: str, problem: Report) -> Iterator[Finding]:
    foundation = model.rsplit("/", 1)[-1]
    if not PLAIN.fullmatch(foundation):
        profile = plan.aws.find("bedrock", "get_inference_profile", *ABSENT, inferenceProfileIdentifier=model)
        if profile is None:
            yield problem(
                f"{plan.aws.region} has no inference profile {model}",
                "set bedrockModels and defaultModel to one of: aws bedrock list-inference-profiles --region "
                f"{plan.aws.region} --query 'inferenceProfileSummaries[].inferenceProfileId'",
            )
            return
        foundation = _foundation_of(profile)
        yield ok(f"{model} is {profile['status'].lower()} and routes to {_regions_of(profile)}")
    else:
        yield from _on_demand(plan, foundation, problem)
    yield from _access(plan, foundation, problem)


def _on_demand(plan: Plan, model: str, problem: Report) -> Iterator[Finding]:
    answer = plan.aws.find("bedrock", "get_foundation_model", *ABSENT, modelIdentifier=model)
    kinds = (answer or {}).get("modelDetails", {}).get("inferenceTypesSupported", [])
    if answer is None:
        yield problem(
            f"{plan.aws.region} has no model {model}",
            f"set bedrockModels to one of: aws bedrock list-foundation-models --region {plan.aws.region}",
        )
    elif "ON_DEMAND" not in kinds:
        yield problem(
            f"{model} can be invoked through an inference profile only",
            f"write the profile's id into bedrockModels, such as us.{model} or global.{model}",
        )


def _access(plan: Plan, model: str, problem: Report) -> Iterator[Finding]:
    answer = plan.aws.find("bedrock", "get_foundation_model_availability", *ABSENT, modelId=model)
    if answer is None:
        yield problem(
            f"{plan.aws.region} does not know the model {model}",
            "look it up: aws bedrock list-foundation-models",
        )
        return
    agreement = answer["agreementAvailability"]
    accept = (
        f"aws bedrock list-foundation-model-agreement-offers --model-id {model}, then aws bedrock "
        f"create-foundation-model-agreement --model-id {model} --offer-token TOKEN"
    )
    if agreement["status"] == "PENDING":
        yield warning(
            f"the agreement for {model} is being created", "wait a few minutes, then run this again"
        )
    elif agreement["status"] != "AVAILABLE":
        reason = f" ({agreement['errorMessage']})" if agreement.get("errorMessage") else ""
        yield problem(
            f"the agreement for {model} is {_words(agreement['status'])}{reason}", f"accept it: {accept}"
        )
    if answer["authorizationStatus"] != "AUTHORIZED":
        yield problem(
            f"this account is not authorized to use {model}",
            "ask the administrator of the organisation, or see Model access in the Bedrock console",
        )
    elif answer["entitlementAvailability"] != "AVAILABLE":
        yield problem(f"the account has no access to {model} yet", f"accept the agreement: {accept}")
    elif agreement["status"] == "AVAILABLE":
        yield ok(f"the account may use {model}")


def _foundation_of(profile: Answer) -> str:
    return str(profile["models"][0]["modelArn"]).rsplit("/", 1)[-1]


def _regions_of(profile: Answer) -> str:
    regions = {str(model["modelArn"]).split(":")[3] or "every region" for model in profile["models"]}
    return ", ".join(sorted(regions))


def _words(status: str) -> str:
    return status.replace("_", " ").lower()


CHECK = PlanCheck("models", "The account may invoke every configured Bedrock model from the region.", find)
