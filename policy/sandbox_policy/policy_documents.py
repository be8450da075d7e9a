"""Finds the policy documents of a resource, and says of which kind each one is."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from sandbox_policy.documents import Statement, read_document
from sandbox_policy.model import Context, Resource
from sandbox_policy.values import UNKNOWN, MalformedInputError, items, mapping, read


class Kind(Enum):
    """What a policy document is attached to, which decides the elements that its statements may have."""

    IDENTITY = "identity policy"
    TRUST = "trust policy"
    KEY = "key policy"
    RESOURCE = "resource policy"


ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
POLICY: Final = "aws:iam/policy:Policy"

_TRUST_PROPERTY: Final = "assumeRolePolicy"
_INLINE_PROPERTY: Final = "inlinePolicies"

_HOLDERS: Final[Mapping[str, tuple[str, Kind]]] = {
    ROLE: (_TRUST_PROPERTY, Kind.TRUST),
    ROLE_POLICY: ("policy", Kind.IDENTITY),
    POLICY: ("policy", Kind.IDENTITY),
    "aws:iam/userPolicy:UserPolicy": ("policy", Kind.IDENTITY),
    "aws:iam/groupPolicy:GroupPolicy": ("policy", Kind.IDENTITY),
    "aws:kms/key:Key": ("policy", Kind.KEY),
    "aws:kms/keyPolicy:KeyPolicy": ("policy", Kind.KEY),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", Kind.RESOURCE),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": ("policy", Kind.RESOURCE),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy", Kind.RESOURCE),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", Kind.RESOURCE),
    "aws:secretsmanager/secret:Secret": ("policy", Kind.RESOURCE),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", Kind.RESOURCE),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument", Kind.RESOURCE),
}
"""Resource type → the property with its policy, and the policy's kind. A role can also have inline policies.
"""

POLICY_HOLDERS: Final = tuple(_HOLDERS)
IDENTITY_POLICY_HOLDERS: Final = (
    ROLE,
    *(kind for kind, (_, policy) in _HOLDERS.items() if policy is Kind.IDENTITY),
)


def statements(resource: Resource, context: Context) -> Iterator[tuple[Kind, Statement]]:
    """Yield the statements of every policy that a resource of POLICY_HOLDERS holds.

    A policy that the preview does not know yet yields nothing: the update checks it before it is created.
    Raises MalformedInputError for anything that is not a policy document.
    """
    for what, value, kind in _policies(resource, context):
        for statement in read_document(value, what, context):
            yield kind, statement


def texts_of(resource: Resource, context: Context) -> Iterator[tuple[str, str, Kind]]:
    """Yield (property, text, kind) of every known policy of a resource of POLICY_HOLDERS.

    Raises MalformedInputError for a policy that is not a string.
    """
    for what, value, kind in _policies(resource, context):
        if value is None or context.awaits(value, what):
            continue
        if not isinstance(value, str):
            raise MalformedInputError(f"{what} is not a JSON string: {value!r}")
        yield what, value, kind


def granted(resource: Resource, context: Context) -> Iterator[Statement]:
    """Yield the Allow statements that a resource of IDENTITY_POLICY_HOLDERS grants to an identity."""
    for kind, statement in statements(resource, context):
        if kind is Kind.IDENTITY and statement.allows:
            yield statement


def _policies(resource: Resource, context: Context) -> Iterator[tuple[str, object, Kind]]:
    what, kind = _HOLDERS[resource.type]
    value = read(resource.properties, what)
    # A secret or an endpoint that has no policy may have an empty string or object instead.
    is_absent = kind is Kind.RESOURCE and value in ("", "{}")
    yield what, None if is_absent else value, kind
    if resource.type == ROLE:
        inline = read(resource.properties, _INLINE_PROPERTY)
        for index, element in enumerate(items(inline, _INLINE_PROPERTY)):
            label = f"{_INLINE_PROPERTY}[{index}]"
            if element is UNKNOWN:
                context.awaits(element, label)
            else:
                yield f"{label}.policy", read(mapping(element, label), "policy"), Kind.IDENTITY
