"""Route 53 Resolver query logging: the deletions that moto lacks."""

from __future__ import annotations

import re
from typing import Any

from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from emulator.actions import Parameters, Result, answers, refuse

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


def _allow_tags() -> None:
    original = Route53ResolverBackend._matched_arn

    def matched_arn(self: Route53ResolverBackend, resource_arn: str) -> None:
        if not _TAGGABLE.search(resource_arn):
            original(self, resource_arn)

    Route53ResolverBackend._matched_arn = matched_arn  # type: ignore[method-assign]


_allow_tags()
