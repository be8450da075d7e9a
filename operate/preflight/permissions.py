"""Which actions of the deployer's policy the credentials lack, according to IAM's policy simulator."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from operate.aws import Refused
from operate.findings import Finding, failure, ok, warning
from operate.preflight.plan import Plan, PlanCheck
from operate.preflight.probes import AwsLocation, Probe, probes
from operate.stack import ROOT

POLICIES = ROOT / "deployer-policy"
"""The folder with the IAM policy documents for an update, a refresh and a destroy."""
MOST_ACTIONS = 40
"""The number of actions in one request."""
LIMITS = "the simulation ignores session policies, and considers service control policies only in part"


def find(plan: Plan, policies: Path = POLICIES) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    arn = str(plan.aws.get("sts", "get_caller_identity")["Arn"])
    wanted = _wanted(plan, arn.split(":")[4], policies)
    if not wanted:
        yield warning(f"not checked, because {policies.name}/ has no policy", "use a complete checkout")
        return
    source = _source(plan, arn)
    if source is None:
        yield warning(
            f"not checked, because IAM simulates users and roles only, not {arn}",
            "deploy as a role or user that has the deployer's policy",
        )
        return
    denied: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for probe in wanted:
        for action, decision in _decisions(plan, source, probe, probe.actions):
            if decision.startswith("?"):
                unknown[action] = decision.removeprefix("?")
            elif decision != "allowed":
                denied[action] = decision
    yield from _judge({action for probe in wanted for action in probe.actions}, denied, unknown)


def _judge(actions: set[str], denied: dict[str, str], unknown: dict[str, str]) -> Iterator[Finding]:
    for decision in sorted(set(denied.values())):
        names = sorted(action for action in denied if denied[action] == decision)
        yield failure(
            f"{len(names)} of {len(actions)} actions are denied ({decision}): {', '.join(names)}",
            f"attach the policies in {POLICIES.name}/ to the identity that deploys; {LIMITS}",
        )
    if unknown:
        yield warning(
            f"IAM does not simulate {', '.join(sorted(unknown))}: {next(iter(unknown.values()))}",
            f"compare its policies with {POLICIES.name}/ yourself",
        )
    allowed = len(actions) - len(denied) - len(unknown)
    if allowed:
        yield ok(f"{allowed} of the deployer's {len(actions)} actions are allowed; {LIMITS}")


def _wanted(plan: Plan, account: str, policies: Path) -> list[Probe]:
    location = AwsLocation(plan.aws.partition, plan.aws.region, account)
    return [
        probe
        for file in sorted(policies.glob("*.json"))
        for probe in probes(json.loads(file.read_text(encoding="utf-8")), location)
    ]


def _source(plan: Plan, arn: str) -> str | None:
    """The ARN of the caller's user or role; None for the root user and federated users.

    The ARN of a role session does not contain the role's path, so the role is looked up.
    """
    kind, _, rest = arn.rsplit(":", 1)[-1].partition("/")
    if kind == "assumed-role":
        return str(plan.aws.get("iam", "get_role", RoleName=rest.split("/")[0])["Role"]["Arn"])
    return arn if kind in ("user", "role") else None


def _decisions(plan: Plan, source: str, probe: Probe, actions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each action with `allowed`, with the reason of a denial, or with `?` and why IAM can't simulate
    it.

    IAM refuses to simulate some actions together (they "require different authorization information"). Such
    a group is halved until each part is accepted or consists of one action.
    """
    if len(actions) > MOST_ACTIONS:
        yield from _decisions(plan, source, probe, actions[:MOST_ACTIONS])
        yield from _decisions(plan, source, probe, actions[MOST_ACTIONS:])
        return
    try:
        results = list(
            plan.aws.all(
                "iam",
                "simulate_principal_policy",
                "EvaluationResults",
                PolicySourceArn=source,
                ActionNames=list(actions),
                ResourceArns=list(probe.resources),
                ContextEntries=[entry.as_argument() for entry in probe.context],
            )
        )
    except Refused as refused:
        if refused.code not in ("InvalidInput", "InvalidInputException", "ValidationError"):
            raise
        if len(actions) == 1:
            yield actions[0], f"?{refused}"
            return
        half = len(actions) // 2
        yield from _decisions(plan, source, probe, actions[:half])
        yield from _decisions(plan, source, probe, actions[half:])
        return
    for result in results:
        yield str(result["EvalActionName"]), _decision(result)


def _decision(result: dict[str, object]) -> str:
    """The decision over all resources: allowed if one is allowed, unless one is explicitly denied.

    A statement's resources may be of several types, and an action applies only to its own type.
    """
    organization = result.get("OrganizationsDecisionDetail")
    if isinstance(organization, dict) and organization.get("AllowedByOrganizations") is False:
        return "by a service control policy of the organisation"
    each = result.get("ResourceSpecificResults") or []
    assert isinstance(each, list)
    decisions = [str(one["EvalResourceDecision"]) for one in each] or [str(result["EvalDecision"])]
    if "explicitDeny" in decisions:
        return "by an explicit Deny"
    return "allowed" if "allowed" in decisions else "no policy allows it"


CHECK = PlanCheck("permissions", "The credentials allow everything that is in the deployer's policy.", find)
