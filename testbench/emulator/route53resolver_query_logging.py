"""Route 53 Resolver query logging: the deletions that moto lacks, and destinations that must exist."""

from __future__ import annotations

import re
from typing import Any

from moto.logs.models import logs_backends
from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from emulator.actions import Parameters, Result, answers, checks, refuse

_TAGGABLE = re.compile(r":resolver-query-log-config/")


@answers(Route53ResolverResponse)
def disassociate_resolver_query_log_config(call: Any, parameters: Parameters) -> Result:
    backend = call.route53resolver_backend
    wanted = (parameters["ResolverQueryLogConfigId"], parameters["ResourceId"])
    for key, association in list(backend.resolver_query_log_config_associations.items()):
        if (association.resolver_query_log_config_id, association.resource_id) == wanted:
            del backend.resolver_query_log_config_associations[key]
            backend.resolver_query_log_configs[wanted[0]].association_count -= 1
            return {"ResolverQueryLogConfigAssociation": {**association.description(), "Status": "DELETING"}}
    refuse("ResourceNotFoundException", "[RSLVR-01602] The query logging association doesn't exist.")


@answers(Route53ResolverResponse)
def delete_resolver_query_log_config(call: Any, parameters: Parameters) -> Result:
    backend = call.route53resolver_backend
    config = backend.get_resolver_query_log_config(parameters["ResolverQueryLogConfigId"])
    if config.association_count:
        refuse("InvalidRequestException", "[RSLVR-01603] The configuration is associated with a VPC.")
    del backend.resolver_query_log_configs[config.id]
    return {"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}}


# Route 53 Resolver API reference, CreateResolverQueryLogConfig: a bucket, a log group or a delivery stream.
_DESTINATION = re.compile(
    r"arn:aws[a-z-]*:(?:s3:::.+|firehose:.+|logs:[a-z0-9-]+:\d{12}:log-group:([^:]+)(?::\*)?)"
)


@checks(Route53ResolverResponse, "create_resolver_query_log_config")
def destination_must_exist(call: Any, parameters: Parameters) -> None:
    arn = parameters["DestinationArn"]
    destination = _DESTINATION.fullmatch(arn)
    groups = logs_backends[call.current_account][call.region].groups
    if destination is None or (destination[1] and destination[1] not in groups):
        refuse("InvalidParameterException", f"[RSLVR-01102] The destination {arn} does not exist.")


def _allow_tags() -> None:
    original = Route53ResolverBackend._matched_arn

    def matched_arn(self: Route53ResolverBackend, resource_arn: str) -> None:
        if not _TAGGABLE.search(resource_arn):
            original(self, resource_arn)

    Route53ResolverBackend._matched_arn = matched_arn  # type: ignore[method-assign]


_allow_tags()
