"""Looks up the ids of the deployed stack in the account, in the form that the proof's manual edits need."""

from typing import Any

from prove.tests.sandbox_builder import Sandbox, connect

from mutation.deployment import Deployment


class DeployedSandbox(Sandbox):
    """A sandbox that Pulumi deployed, whose resources have the names that Pulumi gave them."""

    def named(self, name: str) -> str:
        """The deployed role of that logical name, or a new name if there is none."""
        return self.roles[name].rsplit("/", 1)[1] if name in self.roles else f"{name}-by-hand"

    def log_group(self, name: str) -> str:
        """The name that the program gives to a log group."""
        return f"/computer-use-sandbox/local/{name}"


def look_up(deployment: Deployment) -> DeployedSandbox:
    """Look up everything that a manual edit may change."""
    clients: dict[str, Any] = {}
    box = DeployedSandbox(deployment.url, 0, clients)
    for service in ("ec2", "ecs", "ecr", "elbv2", "iam", "kms", "logs", "route53resolver", "secretsmanager"):
        clients[service] = connect(deployment.url, service)
    box.vpc, box.cluster = str(deployment.outputs["vpcId"]), str(deployment.outputs["clusterName"])
    here = [{"Name": "vpc-id", "Values": [box.vpc]}]
    for group in box.ec2.describe_security_groups(Filters=here)["SecurityGroups"]:
        default = group["GroupName"] == "default"
        box.groups["default" if default else _name(group)] = group["GroupId"]
    for subnet in box.ec2.describe_subnets(Filters=here)["Subnets"]:
        box.subnets[_name(subnet).replace("-0", "-a").replace("-1", "-b")] = subnet["SubnetId"]
    for table in box.ec2.describe_route_tables(Filters=here)["RouteTables"]:
        box.tables[_name(table).removesuffix("-0")] = table["RouteTableId"]
    attached = [{"Name": "attachment.vpc-id", "Values": [box.vpc]}]
    gateways = box.ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    box.gateway = gateways[0]["InternetGatewayId"]
    box.flow_log = box.ec2.describe_flow_logs()["FlowLogs"][0]["FlowLogId"]
    _services(box)
    _resolver(box, deployment)
    return box


def _name(raw: dict[str, Any]) -> str:
    return next((str(tag["Value"]) for tag in raw.get("Tags", []) if tag["Key"] == "Name"), "")


def _services(box: Sandbox) -> None:
    box.balancer = box.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    arns = box.ecs.list_services(cluster=box.cluster)["serviceArns"]
    for service in box.ecs.describe_services(cluster=box.cluster, services=arns)["services"]:
        described = box.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
        task = described["taskDefinition"]
        container = task["containerDefinitions"][0]
        box.services[container["name"]] = service["serviceName"]
        box.target_groups[container["name"]] = service["loadBalancers"][0]["targetGroupArn"]
        box.roles["start"] = task["executionRoleArn"]
        if "taskRoleArn" in task:
            box.roles["agent"] = task["taskRoleArn"]
        box.image = container["image"]
    secrets = box.secretsmanager.list_secrets()["SecretList"]
    secret = next(one for one in secrets if "/login-" in one["Name"])
    box.secret, box.version = secret["ARN"], next(iter(secret["SecretVersionsToStages"]))
    box.repository = box.ecr.describe_repositories()["repositories"][0]["repositoryName"]
    box.key = box.logs.describe_log_groups(logGroupNamePrefix=box.log_group("containers"))["logGroups"][0][
        "kmsKeyId"
    ]
    box.roles["flow-logs"] = box.ec2.describe_flow_logs()["FlowLogs"][0]["DeliverLogsPermissionArn"]


def _resolver(box: Sandbox, deployment: Deployment) -> None:
    box.rule_group = str(deployment.outputs["dnsFirewallRuleGroupId"])
    rules = box.route53resolver.list_firewall_rules(FirewallRuleGroupId=box.rule_group)["FirewallRules"]
    for rule in rules:
        name = "every-name" if rule["Action"] == "BLOCK" else "task-names"
        box.domain_lists[name] = rule["FirewallDomainListId"]
    box.domain_lists["allowed"] = str(deployment.outputs["dnsFirewallDomainListId"])
    configs = box.route53resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"]
    box.query_log = configs[0]["Id"]
