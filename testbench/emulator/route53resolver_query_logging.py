"""Route 53 Resolver query logging: the deletions that moto lacks, and destinations that must exist."""

from __future__ import annotations

import re

from emulator.actions import Result, answers, checks, refuse
from emulator.moto_adapter import Call, Parameters


@answers("route53resolver")
def disassociate_resolver_query_log_config(call: Call, parameters: Parameters) -> Result:
    backend = call.backend
    wanted = (parameters["ResolverQueryLogConfigId"], parameters["ResourceId"])
    for key, association in list(backend.resolver_query_log_config_associations.items()):
        if (association.resolver_query_log_config_id, association.resource_id) == wanted:
            del backend.resolver_query_log_config_associations[key]
            backend.resolver_query_log_configs[wanted[0]].association_count -= 1
            return {"ResolverQueryLogConfigAssociation": {**association.description(), "Status": "DELETING"}}
    refuse("ResourceNotFoundException", "[RSLVR-01602] The query logging association doesn't exist.")


@answers("route53resolver")
def delete_resolver_query_log_config(call: Call, parameters: Parameters) -> Result:
    backend = call.backend
    config = backend.get_resolver_query_log_config(parameters["ResolverQueryLogConfigId"])
    if config.association_count:
        refuse("InvalidRequestException", "[RSLVR-01603] The configuration is associated with a VPC.")
    del backend.resolver_query_log_configs[config.id]
    return {"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}}


# Route 53 Resolver API reference, CreateResolverQueryLogConfig: a bucket, a log group or a delivery stream.
_DESTINATION = re.compile(
    r"arn:aws[a-z-]*:(?:s3:::.+|firehose:.+|logs:[a-z0-9-]+:\d{12}:log-group:([^:]+)(?::\*)?)"
)


@checks("route53resolver", "create_resolver_query_log_config")
def destination_must_exist(call: Call, parameters: Parameters) -> None:
    arn = parameters["DestinationArn"]
    destination = _DESTINATION.fullmatch(arn)
    groups = call.backend_of("logs").groups
    if destination is None or (destination[1] and destination[1] not in groups):
        refuse("InvalidParameterException", f"[RSLVR-01102] The destination {arn} does not exist.")
