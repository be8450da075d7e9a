"""moto's application with this package's additions installed."""

from __future__ import annotations

import importlib

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from emulator import authorization, changes, failures, fargate_reports
from emulator.aws_models.validation import with_validation
from emulator.http_server import Application

# Each module adds to one AWS API when it is imported. The last one needs the names that another corrects.
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
    "ecs_service_surroundings",
    "ecs_services",
    "ecs_tasks",
    "fargate_task_definitions",
    "iam_policies",
    "kms_keys",
    "kms_policies",
    "listeners",
    "load_balancer_attributes",
    "load_balancer_names",
    "load_balancers",
    "target_groups",
    "log_group_keys",
    "log_group_names",
    "repositories",
    "route53resolver_firewall",
    "route53resolver_query_logging",
    "secrets_manager",
    "load_balancer_interfaces",
)


def build_application() -> Application:
    """The WSGI application. Call once a process: the additions change moto's classes."""
    authorization.install()
    failures.install()
    for name in EXTENSIONS:
        importlib.import_module(f"emulator.{name}")
    moto = DomainDispatcherApplication(create_backend_app)
    return changes.with_changes(fargate_reports.with_reports(with_validation(moto)))
