"""Rule: the privileges of containers on their host."""

from collections.abc import Iterator, Mapping

from sandbox_policy.containers import TASK_DEFINITION, containers_of
from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.values import mapping, read, texts

DEFAULT_CAPABILITIES = frozenset(
    {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"}
    | {"NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
)
"""The capabilities that a container has unless they are dropped."""

MAY_KEEP = frozenset({"SETGID", "SETUID"})


def check(task: Resource, context: Context) -> Iterator[str]:
    """Yield a message for a privileged container, for capabilities that it keeps or adds, and for
    shared namespaces.
    """
    for key in ("pidMode", "ipcMode"):
        if read(task.properties, key) is not None:
            yield f"{key} is set: containers share a namespace"
    for label, container in containers_of(task, context):
        if container.get("privileged") not in (False, None):
            yield f"{label} is privileged"
        yield from _capabilities(label, container)


def _capabilities(label: str, container: Mapping[str, object]) -> Iterator[str]:
    linux = mapping(container.get("linuxParameters") or {}, f"{label}.linuxParameters")
    capabilities = mapping(linux.get("capabilities") or {}, f"{label}.capabilities")
    added = set(texts(capabilities.get("add") or [], f"{label}.capabilities.add"))
    dropped = set(texts(capabilities.get("drop") or [], f"{label}.capabilities.drop"))
    if unknown := sorted(dropped - DEFAULT_CAPABILITIES - {"ALL"}):
        yield f"{label} drops {', '.join(unknown)}, which it does not have: check the spelling"
    if added:
        yield f"{label} adds the capabilities {', '.join(sorted(added))}"
    kept = set() if "ALL" in dropped else DEFAULT_CAPABILITIES - dropped
    if kept - MAY_KEEP:
        yield f"{label} keeps the capabilities {', '.join(sorted(kept - MAY_KEEP))}"


RULE = ResourceRule(
    name="container-privileges",
    promise="No container is privileged, shares namespaces, or keeps capabilities except SETUID and SETGID.",
    why="Fewer privileges leave whoever takes over the desktop fewer ways to attack the host.",
    types=(TASK_DEFINITION,),
    check=check,
)
