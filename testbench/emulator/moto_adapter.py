"""The only module that imports moto: everything the emulator needs of moto's internals.

moto is made for tests of programs that call AWS. It has no supported way to change what an action answers, so
the emulator replaces methods of moto's classes, and any release of moto may rename them. All such knowledge
is here. A name that moto no longer has stops the emulator at its start (`MotoHasChanged`), and
`make test-moto` runs the emulator's tests with another version of moto than the pinned one.

The other modules still read and set attributes of moto's resources (a subnet's `cidr_block`, a service's
`deployments`); they get those resources from `Call.backend` and `Answer.members`.

Importing this module imports moto, which takes about two seconds.
"""

from __future__ import annotations

import os

# No web page may call this API, so moto must not send CORS headers. Nobody starts EC2 instances here, and
# loading the images for them takes longer than the rest of the start.
os.environ.update(MOTO_DISABLE_GLOBAL_CORS="true", MOTO_EC2_LOAD_DEFAULT_AMIS="false")

import re
import warnings
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cached_property
from importlib.metadata import version
from typing import Any, cast

from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from moto.ec2.models import nat_gateways, vpcs
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response
from moto.ecr.responses import ECRResponse
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.responses import ELBV2Response
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.logs.responses import LogsResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.servicediscovery.responses import ServiceDiscoveryResponse

from emulator.aws_models import operations, parsing, requests
from emulator.http_server import Application

Parameters = dict[str, Any]
# Status, headers and body, as moto sends them.
HttpAnswer = tuple[int, Any, Any]

# The classes whose methods answer the actions of a service, by botocore's name of the service.
_RESPONSES: dict[str, type[BaseResponse]] = {
    "ec2": EC2Response,
    "ecr": ECRResponse,
    "ecs": EC2ContainerServiceResponse,
    "elbv2": ELBV2Response,
    "iam": IamResponse,
    "kms": KmsResponse,
    "logs": LogsResponse,
    "route53resolver": Route53ResolverResponse,
    "secretsmanager": SecretsManagerResponse,
    "servicediscovery": ServiceDiscoveryResponse,
}
# Services without regions: moto keeps one backend for each partition of AWS.
_GLOBAL = {"iam", "route53"}
_PARTITION = "aws"


class MotoHasChanged(RuntimeError):
    """The installed version of moto lacks something that this module replaces."""


class Refusal(ServiceException):
    """An AWS error.

    Not one of moto's own error classes: moto derives the service of an error from the module of its class.
    """


def application() -> Application:
    """moto's own WSGI application, which answers every service."""
    # moto warns of each error code that botocore's model of the service does not list; AWS has many of these.
    warnings.filterwarnings("ignore", message=r"Exception\(Refusal\)")
    moto = cast(Application, DomainDispatcherApplication(create_backend_app))

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        _request.set(_Request(requests.read(environ)))
        return moto(environ, start_response)

    return answer


def serialized(service: str, operation: str, answer: Parameters | Refusal) -> HttpAnswer:
    """Any answer of AWS in the protocol of its service, for servers that stand in for AWS in tests."""
    # moto's serializers need moto's own class of botocore's model.
    model = get_service_model(service)
    write = get_serializer_class(service, model.resolved_protocol)(model.operation_model(operation)).serialize
    sent = write(answer)
    return sent["status_code"], sent["headers"], sent["body"]


class _Request:
    """The request that is being answered. Its parameters are parsed when they are first asked for."""

    def __init__(self, request: requests.HttpRequest) -> None:
        self._request = request

    @cached_property
    def parameters(self) -> Parameters:
        operation = operations.find(self._request)
        if operation is None:
            raise Refusal("MissingAuthenticationToken", "The request is not signed for an action of AWS.")
        return parsing.parse(operation, self._request)


_request: ContextVar[_Request] = ContextVar("request")


def backend(service: str, account: str, region: str) -> Any:
    """What moto holds for a service in an account and region. The region is ignored for global services."""
    return _backends(service)[account][_PARTITION if service in _GLOBAL else region]


def has_region(service: str, account: str, region: str) -> bool:
    """Whether AWS offers the service in the region."""
    return region in _backends(service)[account]


def _backends(service: str) -> Any:
    return get_backend(cast(Any, service))


# --- calls


class Call:
    """One request to an AWS action, while moto answers it."""

    def __init__(self, response: BaseResponse) -> None:
        self._response = response

    @property
    def service(self) -> str:
        """botocore's name of the service, such as `elbv2`."""
        return str(self._response.boto3_service_name)

    @property
    def action(self) -> str:
        """AWS's name of the action, such as `CreateVpc`."""
        return self._response._get_action()

    @property
    def account(self) -> str:
        return self._response.current_account

    @property
    def region(self) -> str:
        return self._response.region

    @property
    def authorization(self) -> str:
        """The request's Authorization header, or an empty string."""
        return str(self._response.headers.get("Authorization", ""))

    @property
    def parameters(self) -> Parameters:
        """The request's parameters as botocore's model shapes them, whatever the protocol on the wire.

        Not moto's own parameters: how moto parses them differs from one release to the next.
        """
        return dict(_request.get().parameters)

    @property
    def backend(self) -> Any:
        """What moto holds for the service of this call, in its account and region."""
        return self.backend_of(self.service)

    def backend_of(self, service: str) -> Any:
        """The same for another service."""
        return backend(service, self.account, self.region)

    def refused(self, code: str, message: str) -> HttpAnswer:
        """The AWS error as an HTTP answer in the protocol of the service."""
        status, headers, body = self._response.serialized(ActionResult(Refusal(code, message)))
        headers, body = self._response._enrich_response(headers, body)
        return status, headers, body


class Answer:
    """What moto answers to an action."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    @property
    def members(self) -> dict[str, Any]:
        """The members of the answer, before they are written to the wire; changing them changes the answer.

        Their values may be moto's own resources. Raises `MotoHasChanged` where moto has written the text
        already, as it does for some services.
        """
        if not isinstance(self.raw, ActionResult) or not isinstance(self.raw.result, dict):
            raise MotoHasChanged(f"moto {version('moto')} answers with {type(self.raw).__name__} here.")
        return self.raw.result


def answer_with(service: str, action: str, handler: Callable[[Call], dict[str, Any]]) -> None:
    """Let the handler answer an action, given in snake case, that moto has or lacks."""

    def method(response: BaseResponse) -> ActionResult:
        return ActionResult(handler(Call(response)))

    setattr(_RESPONSES[service], action, method)


def surround(service: str, action: str, handler: Callable[[Call, Callable[[], Answer]], Answer]) -> None:
    """Let the handler decide what comes before and after moto's own answer to an action.

    The handler gets a function that has moto answer, and returns what that function returned.
    """
    response_class = _RESPONSES[service]
    original = _existing(response_class, action)

    def method(response: BaseResponse) -> Any:
        return handler(Call(response), lambda: Answer(original(response))).raw

    setattr(response_class, action, method)


def surround_every_call(handler: Callable[[Call, Callable[[], HttpAnswer]], HttpAnswer]) -> None:
    """Let the handler decide what comes before and after each call of every service.

    The handler gets a function that has moto answer, which raises `NotImplementedError` for an action that
    moto does not have. The handler that was installed last runs first.
    """
    original = _existing(BaseResponse, "call_action")
    _replace(
        BaseResponse, "call_action", lambda response: handler(Call(response), lambda: original(response))
    )


# --- resources of EC2


def choose_public_addresses(choose: Callable[[Any], str]) -> None:
    """Let elastic IP addresses be what `choose` returns for the EC2 backend."""
    original = _existing(ElasticAddressBackend, "allocate_address")

    def allocate_address(self: Any, domain: str, address: str | None = None, tags: Any = None) -> Any:
        return original(self, domain, address or choose(self), tags)

    _replace(ElasticAddressBackend, "allocate_address", allocate_address)


def choose_ipv6_blocks(choose: Callable[[], str]) -> None:
    """Let the IPv6 block that a VPC gets from Amazon be what `choose` returns."""
    _replace(vpcs, "random_ipv6_cidr", choose)  # moto's model imported this function by name


def choose_private_addresses(choose: Callable[[Any, Any], str]) -> None:
    """Let an interface without a given address have what `choose` returns for the EC2 backend and subnet."""
    original = _existing(NetworkInterfaceBackend, "create_network_interface")

    def create_network_interface(
        self: Any,
        subnet: Any,
        private_ip_address: Any,
        private_ip_addresses: Any = None,
        *rest: Any,
        **more: Any,
    ) -> Any:
        if isinstance(subnet, str):
            subnet = self.get_subnet(subnet)
        if not private_ip_address and not private_ip_addresses:
            private_ip_address = choose(self, subnet)
        return original(self, subnet, private_ip_address, private_ip_addresses, *rest, **more)

    _replace(NetworkInterfaceBackend, "create_network_interface", create_network_interface)
    # NAT gateways and endpoints take a random address of no network. With an empty one they get theirs from
    # the method above, as every other interface does.
    for module in (nat_gateways, vpcs):
        _replace(module, "random_private_ip", str)


def show_ipv6_associations(associations: Callable[[Any], list[dict[str, Any]]]) -> None:
    """Let subnets show the IPv6 associations that the function returns, and be filtered by them.

    moto's own list nests the state one level too deep for moto's serializer, so clients would read none.
    """
    _replace(Subnet, "ipv6_cidr_block_association_set", property(associations))
    original = _existing(Subnet, "get_filter_value")

    def get_filter_value(self: Subnet, filter_name: str, method_name: str | None = None) -> Any:
        listed = associations(self)
        match filter_name:
            case "ipv6-cidr-block-association.association-id":
                return [association["associationId"] for association in listed]
            case "ipv6-cidr-block-association.ipv6-cidr-block":
                return [association["ipv6CidrBlock"] for association in listed]
            case "ipv6-cidr-block-association.state":
                return [association["ipv6CidrBlockState"]["state"] for association in listed]
        return original(self, filter_name, method_name)

    _replace(Subnet, "get_filter_value", get_filter_value)


def compare_security_group_rules(
    description: Callable[[Any], str | None], traffic: Callable[[Any], tuple[Any, ...]]
) -> None:
    """Let rules have the description that the function returns, and be equal if their traffic is equal."""

    def is_equal(self: Any, other: object) -> bool:
        return isinstance(other, SecurityGroupRule) and traffic(self) == traffic(other)

    _replace(SecurityGroupRule, "description", property(description))
    _replace(SecurityGroupRule, "__eq__", is_equal)


def endpoint_services() -> set[str]:
    """The services with VPC endpoints that moto knows, without the prefix `com.amazonaws.REGION`."""
    return set(vpcs.AWS_ENDPOINT_SERVICES)


# --- resources of Route 53 Resolver


def allow_resolver_tags(arn: re.Pattern[str]) -> None:
    """Let resources be tagged whose ARN the pattern finds; moto knows two types of resource only."""
    original = _existing(Route53ResolverBackend, "_matched_arn")

    def matched_arn(self: Any, resource_arn: str) -> None:
        if not arn.search(resource_arn):
            original(self, resource_arn)

    _replace(Route53ResolverBackend, "_matched_arn", matched_arn)


# --- replacing


def _existing(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        raise MotoHasChanged(f"moto {version('moto')} has no {owner.__name__}.{name}.") from None


def _replace(owner: Any, name: str, value: Any) -> None:
    _existing(owner, name)
    setattr(owner, name, value)
