"""Which condition keys a request can carry, and the types of their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sandbox_policy.service_reference import Action, condition_key_type, key_matches


class ValueType(Enum):
    """The types of condition values. A multivalued key has several values of one type."""

    STRING = "String"
    ARN = "ARN"
    BOOL = "Bool"
    NUMERIC = "Numeric"
    DATE = "Date"
    DATE_OR_NUMERIC = "Date or Numeric"
    IP_ADDRESS = "IPAddress"


@dataclass(frozen=True)
class KeyType:
    """The type of a key. `free_text` is true where people choose the values (as with tags), so any character
    can occur.
    """

    value: ValueType
    multivalued: bool = False
    free_text: bool = False


_STRING: Final = KeyType(ValueType.STRING)
_STRINGS: Final = KeyType(ValueType.STRING, multivalued=True)
_TEXT: Final = KeyType(ValueType.STRING, free_text=True)
_ARN: Final = KeyType(ValueType.ARN)

GLOBAL_KEYS: Final[Mapping[str, KeyType]] = {
    "aws:PrincipalArn": _ARN,
    "aws:PrincipalAccount": _STRING,
    "aws:PrincipalOrgPaths": _STRINGS,
    "aws:PrincipalOrgID": _STRING,
    "aws:PrincipalTag/${TagKey}": _TEXT,
    "aws:PrincipalIsAWSService": KeyType(ValueType.BOOL),
    "aws:PrincipalServiceName": _STRING,
    "aws:PrincipalServiceNamesList": _STRINGS,
    "aws:PrincipalType": _STRING,
    "aws:userid": _STRING,
    "aws:username": _STRING,
    "aws:AssumedRoot": KeyType(ValueType.BOOL),
    "aws:FederatedProvider": _STRING,
    "aws:TokenIssueTime": KeyType(ValueType.DATE),
    "aws:MultiFactorAuthAge": KeyType(ValueType.NUMERIC),
    "aws:MultiFactorAuthPresent": KeyType(ValueType.BOOL),
    "aws:ChatbotSourceArn": _ARN,
    "aws:Ec2InstanceSourceVpc": _STRING,
    "aws:Ec2InstanceSourcePrivateIPv4": KeyType(ValueType.IP_ADDRESS),
    "aws:SourceIdentity": _TEXT,
    "ec2:RoleDelivery": KeyType(ValueType.NUMERIC),
    "ec2:SourceInstanceArn": _ARN,
    "glue:RoleAssumedBy": _STRING,
    "glue:CredentialIssuingService": _STRING,
    "lambda:SourceFunctionArn": _ARN,
    "ssm:SourceInstanceArn": _ARN,
    "identitystore:UserId": _STRING,
    "aws:SourceIp": KeyType(ValueType.IP_ADDRESS),
    "aws:SourceVpc": _STRING,
    "aws:SourceVpcArn": _ARN,
    "aws:SourceVpce": _STRING,
    "aws:VpceAccount": _STRING,
    "aws:VpceOrgID": _STRING,
    "aws:VpceOrgPaths": _STRINGS,
    "aws:VpcSourceIp": KeyType(ValueType.IP_ADDRESS),
    "aws:ResourceAccount": _STRING,
    "aws:ResourceOrgID": _STRING,
    "aws:ResourceOrgPaths": _STRINGS,
    "aws:CalledVia": _STRINGS,
    "aws:CalledViaFirst": _STRING,
    "aws:CalledViaLast": _STRING,
    "aws:ViaAWSService": KeyType(ValueType.BOOL),
    "aws:CalledViaAWSMCP": _STRING,
    "aws:ViaAWSMCPService": KeyType(ValueType.BOOL),
    "aws:CurrentTime": KeyType(ValueType.DATE),
    "aws:EpochTime": KeyType(ValueType.DATE_OR_NUMERIC),
    "aws:referer": _TEXT,
    "aws:RequestedRegion": _STRING,
    "aws:SecureTransport": KeyType(ValueType.BOOL),
    "aws:SourceAccount": _STRING,
    "aws:SourceArn": _ARN,
    "aws:SourceOrgID": _STRING,
    "aws:SourceOrgPaths": _STRINGS,
    "aws:UserAgent": _TEXT,
}
"""AWS's global condition context keys, from the page of that name in the IAM user guide.

Three keys of that page are left out, because the service reference lists the actions that carry them:
`aws:RequestTag`, `aws:ResourceTag` and `aws:TagKeys`.
"""

SERVICE_CALLER_KEYS: Final = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
    | {"aws:principalservicename", "aws:principalservicenameslist"}
)
"""Keys, in lower case, that only requests by an AWS service principal carry. An identity policy never applies
to such a request, so in an identity policy these keys are always missing.
"""

ACCOUNT_KEYS: Final = frozenset(
    {"aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount", "aws:vpceaccount"}
    | {"kms:calleraccount", "s3:resourceaccount"}
)
"""Keys, in lower case, whose value is an AWS account id."""


def global_key_type(key: str) -> KeyType | None:
    """The type of a global condition key, or None if the key is not global."""
    return next((kind for template, kind in GLOBAL_KEYS.items() if key_matches(template, key)), None)


def action_key_type(key: str, action: Action) -> KeyType | None:
    """The type of a key that the service reference lists for an action, or None if it is not listed."""
    listed = set(action.condition_keys).union(*(kind.condition_keys for kind in action.resource_types))
    template = next((one for one in sorted(listed) if key_matches(one, key)), None)
    if template is None:
        return None
    name = condition_key_type(action.service, template) or "String"
    return KeyType(
        ValueType(name.removeprefix("ArrayOf")),
        multivalued=name.startswith("ArrayOf"),
        free_text=template.lower() != key.lower(),
    )
