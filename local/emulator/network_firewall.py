"""AWS Network Firewall: rule groups, policies, deletions and the protection switches that moto lacks."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.networkfirewall.models import NetworkFirewallModel
from moto.networkfirewall.responses import NetworkFirewallResponse, _firewall
from moto.utilities.tagging_service import TaggingService

from emulator.actions import Parameters, Result, answers, corrects, refuse, table

Resource = dict[str, Any]


class _Kind:
    """What rule groups and policies have in common: a name, an ARN, a body, an update token."""

    def __init__(self, noun: str, arn_kind: Callable[[Parameters], str]) -> None:
        self.noun = noun
        self.arn_kind = arn_kind

    def _table(self, call: Any) -> dict[str, Resource]:
        return table(call.networkfirewall_backend, self.noun)

    def find(self, call: Any, parameters: Parameters) -> Resource:
        for resource in self._table(call).values():
            answer = resource["answer"]
            if parameters.get(f"{self.noun}Arn") == answer[f"{self.noun}Arn"] or (
                parameters.get(f"{self.noun}Name") == answer[f"{self.noun}Name"]
            ):
                return resource
        refuse("ResourceNotFoundException", f"The {self.noun} does not exist.")

    def create(self, call: Any, parameters: Parameters) -> Result:
        name = parameters[f"{self.noun}Name"]
        if name in self._table(call):
            refuse("InvalidRequestException", f"A {self.noun} named {name} already exists.")
        owner = f"arn:aws:network-firewall:{call.region}:{call.current_account}"
        fields = {key: parameters[key] for key in ("Type", "Capacity", "Description") if key in parameters}
        resource: Resource = {
            "token": secrets.token_hex(16),
            "body": parameters.get(self.noun, {}),
            "answer": {
                **fields,
                f"{self.noun}Name": name,
                f"{self.noun}Arn": f"{owner}:{self.arn_kind(parameters)}/{name}",
                f"{self.noun}Id": secrets.token_hex(16),
                f"{self.noun}Status": "ACTIVE",
            },
        }
        self._table(call)[name] = resource
        _tagger(call).tag_resource(resource["answer"][f"{self.noun}Arn"], parameters.get("Tags", []))
        return self._result(call, resource)

    def describe(self, call: Any, parameters: Parameters) -> Result:
        resource = self.find(call, parameters)
        return {**self._result(call, resource), self.noun: resource["body"]}

    def update(self, call: Any, parameters: Parameters) -> Result:
        resource = self.find(call, parameters)
        if parameters.get("UpdateToken") != resource["token"]:
            refuse("InvalidTokenException", "The update token is not the current one.")
        resource["body"] = parameters.get(self.noun, resource["body"])
        resource["answer"]["Description"] = parameters.get("Description")
        resource["token"] = secrets.token_hex(16)
        return self._result(call, resource)

    def delete(self, call: Any, parameters: Parameters) -> Result:
        resource = self.find(call, parameters)
        arn, name = resource["answer"][f"{self.noun}Arn"], resource["answer"][f"{self.noun}Name"]
        if _is_referenced(call, arn):
            refuse("InvalidOperationException", f"The {self.noun} {name} is in use.")
        del self._table(call)[name]
        return {f"{self.noun}Response": {**resource["answer"], f"{self.noun}Status": "DELETING"}}

    def _result(self, call: Any, resource: Resource) -> Result:
        answer = copy.deepcopy(resource["answer"])
        answer["Tags"] = _tagger(call).list_tags_for_resource(answer[f"{self.noun}Arn"])["Tags"]
        return {"UpdateToken": resource["token"], f"{self.noun}Response": answer}


def _rule_group_arn_kind(parameters: Parameters) -> str:
    return "stateful-rulegroup" if parameters.get("Type") == "STATEFUL" else "stateless-rulegroup"


RULE_GROUP = _Kind("RuleGroup", _rule_group_arn_kind)
POLICY = _Kind("FirewallPolicy", lambda _parameters: "firewall-policy")


def _tagger(call: Any) -> TaggingService:
    tagger = call.networkfirewall_backend.tagger
    assert isinstance(tagger, TaggingService)
    return tagger


def _is_referenced(call: Any, arn: str) -> bool:
    firewalls = call.networkfirewall_backend.firewalls.values()
    if any(firewall.firewall_policy_arn == arn for firewall in firewalls):
        return True
    references = ("StatefulRuleGroupReferences", "StatelessRuleGroupReferences")
    return any(
        reference["ResourceArn"] == arn
        for policy in table(call.networkfirewall_backend, POLICY.noun).values()
        for key in references
        for reference in policy["body"].get(key, [])
    )


@answers(NetworkFirewallResponse)
def create_rule_group(call: Any, parameters: Parameters) -> Result:
    return RULE_GROUP.create(call, parameters)


@answers(NetworkFirewallResponse)
def describe_rule_group(call: Any, parameters: Parameters) -> Result:
    return RULE_GROUP.describe(call, parameters)


@answers(NetworkFirewallResponse)
def update_rule_group(call: Any, parameters: Parameters) -> Result:
    return RULE_GROUP.update(call, parameters)


@answers(NetworkFirewallResponse)
def delete_rule_group(call: Any, parameters: Parameters) -> Result:
    return RULE_GROUP.delete(call, parameters)


@answers(NetworkFirewallResponse)
def create_firewall_policy(call: Any, parameters: Parameters) -> Result:
    return POLICY.create(call, parameters)


@answers(NetworkFirewallResponse)
def describe_firewall_policy(call: Any, parameters: Parameters) -> Result:
    return POLICY.describe(call, parameters)


@answers(NetworkFirewallResponse)
def update_firewall_policy(call: Any, parameters: Parameters) -> Result:
    return POLICY.update(call, parameters)


@answers(NetworkFirewallResponse)
def delete_firewall_policy(call: Any, parameters: Parameters) -> Result:
    return POLICY.delete(call, parameters)


@answers(NetworkFirewallResponse)
def tag_resource(call: Any, parameters: Parameters) -> Result:
    _tagger(call).tag_resource(parameters["ResourceArn"], parameters["Tags"])
    return {}


@answers(NetworkFirewallResponse)
def untag_resource(call: Any, parameters: Parameters) -> Result:
    _tagger(call).untag_resource_using_names(parameters["ResourceArn"], parameters["TagKeys"])
    return {}


@answers(NetworkFirewallResponse)
def list_tags_for_resource(call: Any, parameters: Parameters) -> Result:
    return {"Tags": _tagger(call).list_tags_for_resource(parameters["ResourceArn"])["Tags"]}


# --- the firewall itself


def _default_protections_to_off() -> None:
    # moto turns each protection on when the caller leaves it out; AWS leaves it off.
    original = NetworkFirewallModel.__init__

    def initialize(self: NetworkFirewallModel, *arguments: Any, **fields: Any) -> None:
        for switch in ("delete_protection", "subnet_change_protection", "firewall_policy_change_protection"):
            fields[switch] = bool(fields.get(switch))
        original(self, *arguments, **fields)

    NetworkFirewallModel.__init__ = initialize  # type: ignore[method-assign]


_default_protections_to_off()


def _find_firewall(call: Any, parameters: Parameters) -> NetworkFirewallModel:
    for firewall in call.networkfirewall_backend.firewalls.values():
        if parameters.get("FirewallArn") == firewall.arn or (
            parameters.get("FirewallName") == firewall.firewall_name
        ):
            assert isinstance(firewall, NetworkFirewallModel)
            return firewall
    refuse("ResourceNotFoundException", "The firewall does not exist.")


def _set(call: Any, parameters: Parameters, key: str, attribute: str) -> Result:
    firewall = _find_firewall(call, parameters)
    setattr(firewall, attribute, parameters.get(key))
    return {
        "FirewallArn": firewall.arn,
        "FirewallName": firewall.firewall_name,
        "UpdateToken": firewall.update_token,
        key: parameters.get(key),
    }


@answers(NetworkFirewallResponse)
def update_firewall_delete_protection(call: Any, parameters: Parameters) -> Result:
    return _set(call, parameters, "DeleteProtection", "delete_protection")


@answers(NetworkFirewallResponse)
def update_subnet_change_protection(call: Any, parameters: Parameters) -> Result:
    return _set(call, parameters, "SubnetChangeProtection", "subnet_change_protection")


@answers(NetworkFirewallResponse)
def update_firewall_policy_change_protection(call: Any, parameters: Parameters) -> Result:
    return _set(call, parameters, "FirewallPolicyChangeProtection", "firewall_policy_change_protection")


@answers(NetworkFirewallResponse)
def update_firewall_description(call: Any, parameters: Parameters) -> Result:
    return _set(call, parameters, "Description", "description")


@answers(NetworkFirewallResponse)
def delete_firewall(call: Any, parameters: Parameters) -> Result:
    firewall = _find_firewall(call, parameters)
    if firewall.delete_protection:
        refuse("InvalidOperationException", "Delete protection is enabled.")
    del call.networkfirewall_backend.firewalls[firewall.arn]
    endpoints = table(call.networkfirewall_backend, "endpoints").pop(firewall.arn)
    ec2_backends[call.current_account][call.region].delete_vpc_endpoints(list(endpoints.values()))
    return {
        "Firewall": {**_firewall(firewall), "FirewallId": firewall.firewall_name},
        "FirewallStatus": {"Status": "DELETING", "ConfigurationSyncStateSummary": "PENDING"},
    }


@corrects(NetworkFirewallResponse, "create_firewall")
def create_endpoints(call: Any, _parameters: Parameters, result: Any) -> Any:
    """Each subnet of a firewall has an endpoint of its own, which routes name."""
    firewall = _find_firewall(call, result._result["Firewall"])
    backend = ec2_backends[call.current_account][call.region]
    table(call.networkfirewall_backend, "endpoints")[firewall.arn] = {
        mapping["SubnetId"]: backend.create_vpc_endpoint(
            firewall.vpc_id,
            f"com.amazonaws.vpce.{call.region}.network-firewall",
            "GatewayLoadBalancer",
            None,
            [],
            subnet_ids=[mapping["SubnetId"]],
        ).id
        for mapping in firewall.subnet_mappings
    }
    return _complete(call, result)


@corrects(NetworkFirewallResponse, "describe_firewall")
def describe_endpoints(call: Any, _parameters: Parameters, result: Any) -> Any:
    return _complete(call, result)


def _complete(call: Any, result: Any) -> Any:
    firewall, status = result._result["Firewall"], result._result["FirewallStatus"]
    firewall["FirewallId"] = firewall["FirewallName"]
    firewall["Tags"] = _tagger(call).list_tags_for_resource(firewall["FirewallArn"])["Tags"]
    backend = ec2_backends[call.current_account][call.region]
    endpoints = table(call.networkfirewall_backend, "endpoints")[firewall["FirewallArn"]]
    status["SyncStates"] = {
        backend.get_subnet(subnet_id).availability_zone: {
            "Attachment": {"SubnetId": subnet_id, "EndpointId": endpoint_id, "Status": "READY"}
        }
        for subnet_id, endpoint_id in endpoints.items()
    }
    return result
