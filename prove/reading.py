"""Reads everything around one VPC from the AWS API."""

from concurrent.futures import ThreadPoolExecutor

from prove.aws import Aws
from prove.read_evidence import read_keys, read_log_groups, read_repositories, read_roles, read_secrets
from prove.read_network import Network, read_network
from prove.read_resolver import read_dns
from prove.read_services import read_services
from prove.world import Dns, Service, World


def read_world(aws: Aws, vpc: str, cluster: str) -> World:
    """Read everything that the theorems need. Raises botocore's ClientError if a call fails, and ValueError
    if the VPC or cluster does not exist: a promise about unreadable resources can't be proved.
    """
    with ThreadPoolExecutor(12) as pool:
        account = pool.submit(lambda: str(aws.get("sts", "get_caller_identity")["Account"]))
        network_later = pool.submit(read_network, aws, vpc, pool)
        dns_later = pool.submit(read_dns, aws, vpc)
        services_later = pool.submit(read_services, aws, cluster)
        network: Network = network_later.result()
        dns: Dns = dns_later.result()
        services: tuple[Service, ...] = services_later.result()
        containers = [container for service in services for container in service.task.containers]
        names = {container.log_group for container in containers} | {
            log.destination for log in network.flow_logs
        }
        names |= set(dns.query_logs) | {f"/aws/ecs/containerinsights/{cluster}/performance"}
        roles = {
            role for service in services for role in (service.task.task_role, service.task.execution_role)
        }
        roles |= {log.role for log in network.flow_logs}
        logs_later = pool.submit(read_log_groups, aws, names - {""})
        roles_later = pool.submit(read_roles, aws, roles - {""}, pool)
        secrets_later = pool.submit(read_secrets, aws, {arn for c in containers for arn in c.secrets}, pool)
        repositories_later = pool.submit(
            read_repositories, aws, {container.image for container in containers}
        )
        log_groups, secrets, repositories = (
            logs_later.result(),
            secrets_later.result(),
            repositories_later.result(),
        )
        keys = {group.key for group in log_groups.values()} | {secret.key for secret in secrets.values()}
        keys |= {repository.key for repository in repositories}
        return World(
            account=account.result(),
            region=aws.region,
            partition=aws.partition,
            dns_suffix=aws.dns_suffix,
            vpc=vpc,
            addresses=network.addresses,
            subnets=network.subnets,
            groups=network.groups,
            default_group=network.default_group,
            interfaces=network.interfaces,
            balancers=network.balancers,
            target_groups=network.target_groups,
            services=services,
            other_ways=network.other_ways,
            dns=dns,
            flow_logs=network.flow_logs,
            log_groups=log_groups,
            keys=read_keys(aws, keys - {""}),
            repositories=repositories,
            secrets=secrets,
            roles=roles_later.result(),
        )
