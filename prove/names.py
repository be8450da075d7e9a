"""Which names resolve in the VPC, according to the first-match semantics of the DNS firewall."""

from dataclasses import dataclass

from prove.world import Dns

ANYTHING = "*"


@dataclass(frozen=True)
class Resolution:
    """Which names resolve: those that match `resolves`, and all others unless `rest_blocked`.

    `problems` has one message for each rule that makes more names resolve than an allowlist would.
    """

    resolves: tuple[str, ...]
    rest_blocked: bool
    problems: tuple[str, ...]


def resolution(dns: Dns) -> Resolution:
    """Evaluate the rules in order. The first match decides, and a name that matches no rule resolves."""
    resolves: list[str] = []
    blocked: list[str] = []
    problems: list[str] = []
    for rule in dns.rules:
        domains = [normal(name) for name in rule.domains or ()]
        if rule.action == "BLOCK":
            if rule.domains is None or rule.query_type:
                continue  # It may not block every query type of a name, so it counts as not blocking.
            if rule.block_response == "OVERRIDE":
                problems.append(f"{rule.label} answers with another name instead of blocking")
                resolves += domains
                continue
            blocked += domains
            if ANYTHING in domains:
                return Resolution(tuple(resolves), True, tuple(problems))
            continue
        if rule.action != "ALLOW":
            problems.append(f"{rule.label} only reports ({rule.action})")
        if rule.domains is None:
            problems.append(f"{rule.label} allows a list that can't be read")
        for name in domains:
            if not any(covers(block, name) for block in blocked):
                resolves.append(name)
            labels = name.split(".")
            if labels[0] == "*" and len(labels) <= 2:
                problems.append(f"{rule.label} allows {name}")
    problems.append("no rule blocks every name, and names that match no rule resolve")
    return Resolution(tuple(resolves), False, tuple(problems))


def normal(name: str) -> str:
    """A firewall name in lower case and without its final dot; `*.` becomes `*`."""
    return name.lower().rstrip(".") or name


def covers(pattern: str, name: str) -> bool:
    """Whether the pattern matches the name, or everything that the name matches if it is a pattern too."""
    if pattern in (ANYTHING, name):
        return True
    return pattern.startswith("*.") and name.removeprefix("*.").endswith(pattern[1:])
