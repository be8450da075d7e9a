"""moto's application with this package's additions installed."""

from __future__ import annotations

import importlib

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from emulator import authorization, changes, failures, fargate_reports
from emulator.aws_models.validation import with_validation
from emulator.http_server import Application

# Each module adds to one AWS API when it is imported.
EXTENSIONS = (
    "cloud_map",
    "documentation_addresses",
    "ec2_flow_logs",
    "ec2_gateways",
    "ec2_network_interfaces",
    "ec2_security_groups",
    "ec2_subnets",
    "ecs_deployments",
    "ecs_services",
    "ecs_tasks",
    "fargate_sizes",
    "iam_trust_policies",
    "kms_policies",
    "load_balancers",
    "load_balancer_interfaces",
    "log_group_keys",
    "route53resolver_firewall",
    "route53resolver_query_logging",
)


def build_application() -> Application:
    """The WSGI application. Call once a process: the additions change moto's classes."""
    authorization.install()
    failures.install()
    for name in EXTENSIONS:
        importlib.import_module(f"emulator.{name}")
    moto = DomainDispatcherApplication(create_backend_app)
    return changes.with_changes(fargate_reports.with_reports(with_validation(moto)))
