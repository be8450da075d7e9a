"""Whether the DNS firewall allows the listed names and blocks others, as shown by the query log."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from operate.findings import Finding, failure, ok, warning
from operate.verify.deployment import Deployment, DeploymentCheck

Entry = dict[str, Any]
HOURS = 24
MOST_ENTRIES = 5000
# The fields are described in "Values that appear in VPC Resolver query logs" (Route 53 Developer Guide).
# Those of the firewall are present only if a rule blocked or alerted.
BLOCKED = '{ $.firewall_rule_action = "BLOCK" }'
ANSWERED = '{ $.rcode = "NOERROR" && $.firewall_rule_action NOT EXISTS }'


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    answered = _first(deployment, ANSWERED, _is_answered)
    if answered:
        yield ok(f"an allowed name was answered: {answered['query_name']} at {answered['query_timestamp']}")
    else:
        yield failure(
            f"the query log has no answered name of the last {HOURS} hours; each start of a task needs some",
            "see the check services above; if the log has no entry at all, the resource policy of log "
            "delivery may be missing: aws logs describe-resource-policies",
        )
    blocked = _first(deployment, BLOCKED, _is_blocked)
    if blocked:
        yield ok(f"another name was blocked: {blocked['query_name']} at {blocked['query_timestamp']}")
    else:
        yield warning(
            f"the query log has no blocked name of the last {HOURS} hours, so blocking is not shown to work",
            "open a site that is not allowed on the desktop, such as example.net, wait a minute, then run "
            "this again",
        )


def _first(deployment: Deployment, pattern: str, fits: Callable[[Entry], bool]) -> Entry | None:
    """The first entry that fits. The filter pattern limits what AWS sends."""
    events = deployment.aws.all(
        "logs",
        "filter_log_events",
        "events",
        logGroupName=deployment.output("dnsQueryLogGroupName"),
        startTime=int((time.time() - HOURS * 3600) * 1000),
        filterPattern=pattern,
    )
    for event in islice(events, MOST_ENTRIES):
        try:
            entry = json.loads(event["message"])
        except ValueError:
            continue
        if isinstance(entry, dict) and fits(entry):
            return entry
    return None


def _is_answered(entry: Entry) -> bool:
    return (
        entry.get("rcode") == "NOERROR"
        and bool(entry.get("answers"))
        and not entry.get("firewall_rule_action")
    )


def _is_blocked(entry: Entry) -> bool:
    return entry.get("firewall_rule_action") == "BLOCK"


CHECK = DeploymentCheck("names", "Allowed names were answered, and others were blocked.", find)
