"""Rule: no secrets in plain text in a task definition."""

import re
from collections.abc import Iterator

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import items, mapping

SECRET_WORDS = frozenset(
    {"PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "SECRET", "SECRETS"}
    | {"TOKEN", "KEY", "APIKEY", "CREDENTIAL", "CREDENTIALS", "PRIVATE"}
)
"""Words in a variable's name which suggest that its value is a secret."""

SECRET_VALUES = (
    ("an AWS access key", re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("an Anthropic key", re.compile(r"\bsk-ant-")),
    ("a PEM block", re.compile(r"-----BEGIN ")),
    ("a URL with a password", re.compile(r"://[^/\s:@]+:[^/\s@]+@")),
    ("a random string", re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9+/_=-]{20,}")),
)


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each environment variable that looks like a secret. The message never
    contains its value.
    """
    for label, container in containers_of(task, context):
        for element in items(container.get("environment"), f"{label}.environment"):
            variable = mapping(element, f"{label}.environment")
            name, value = variable.get("name"), variable.get("value")
            if not isinstance(name, str) or not isinstance(value, str):
                yield f"{label} has an environment variable without a name or a value"
                continue
            if SECRET_WORDS & set(re.split(r"[^A-Z]+", name.upper())):
                yield f"{label} has {name} in plain text: use secrets with valueFrom"
            for kind, pattern in SECRET_VALUES:
                whole = kind == "a random string"
                if pattern.fullmatch(value) if whole else pattern.search(value):
                    yield f"{label} has {kind} in {name}: use secrets with valueFrom"
        for element in items(container.get("secrets"), f"{label}.secrets"):
            reference = mapping(element, f"{label}.secrets").get("valueFrom")
            if not isinstance(reference, str) or ":secretsmanager:" not in reference:
                yield f"{label} reads a secret from {reference!r} instead of Secrets Manager"


RULE = ResourceRule(
    name="container-secrets",
    promise="Containers get secrets by reference only.",
    why="Whoever may read a task definition sees its environment variables in plain text.",
    types=(TASK_DEFINITION,),
    check=check,
)
