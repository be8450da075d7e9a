"""Which names resolve in the VPC, by the DNS firewall's first-match semantics."""

from dataclasses import dataclass

from prove.world import Dns

ANYTHING = "*"


@dataclass(frozen=True)
class Resolution:
    """`resolves` are the patterns of names that get an answer; `rest_blocked` says that all others get none.

    `problems` are sentences about rules that make more resolve than an allowlist would.
    """

    resolves: tuple[str, ...]
    rest_blocked: bool
    problems: tuple[str, ...]


def resolution(dns: Dns) -> Resolution:
    """Work through the rules in order: the first match decides, and what none matches resolves."""
    resolves: list[str] = []
    blocked: list[str] = []
    problems: list[str] = []
    for rule in dns.rules:
        domains = [normal(name) for name in rule.domains or ()]
        if rule.action == "BLOCK":
            if rule.domains is None or rule.query_type:
                continue  # May block less than every query of a name: counts as blocking nothing.
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
            problems.append(f"{rule.label} lets a list through that can't be read")
        for name in domains:
            if not any(covers(block, name) for block in blocked):
                resolves.append(name)
            labels = name.split(".")
            if labels[0] == "*" and len(labels) <= 2:
                problems.append(f"{rule.label} lets {name} through")
    problems.append("no rule blocks every name, and what no rule matches resolves")
    return Resolution(tuple(resolves), False, tuple(problems))


def normal(name: str) -> str:
    """A firewall name in lower case, without its final dot; `*.` becomes `*`."""
    return name.lower().rstrip(".") or name


def covers(pattern: str, name: str) -> bool:
    """Whether everything that the name (itself perhaps a pattern) stands for is matched by the pattern."""
    if pattern in (ANYTHING, name):
        return True
    return pattern.startswith("*.") and name.removeprefix("*.").endswith(pattern[1:])
