"""The emulator's WSGI application: moto with this package's additions installed."""

from __future__ import annotations

import importlib

from emulator import authorization, changes, failures, fargate_report_endpoint, moto_adapter
from emulator.aws_models.validation import with_validation
from emulator.http_server import Application

# Each module changes one AWS API when it is imported. `load_balancer_interfaces` comes last, because it uses
# the ARNs that `load_balancer_names` corrects.
EXTENSIONS = (
    "cloud_map",
    "documentation_addresses",
    "ec2_endpoints",
    "ec2_flow_logs",
    "ec2_gateways",
    "ec2_network_interfaces",
    "ec2_security_groups",
    "ec2_subnets",
    "ec2_tags",
    "ecr_lifecycle_policies",
    "ecs_clusters",
    "ecs_deployments",
    "ecs_service_references",
    "ecs_services",
    "ecs_tasks",
    "fargate_task_definitions",
    "iam_policies",
    "kms_keys",
    "listeners",
    "load_balancer_attributes",
    "load_balancer_names",
    "load_balancers",
    "target_groups",
    "log_groups",
    "repositories",
    "route53resolver_firewall",
    "route53resolver_query_logging",
    "secrets_manager",
    "load_balancer_interfaces",
)


def build_application() -> Application:
    """The WSGI application. Call once in a process, since the additions change moto's classes."""
    moto_adapter.surround_every_call(authorization.authorize)
    moto_adapter.surround_every_call(failures.name_failures)
    for name in EXTENSIONS:
        importlib.import_module(f"emulator.{name}")
    validated = with_validation(moto_adapter.application())
    return changes.with_changes(fargate_report_endpoint.with_reports(validated))
