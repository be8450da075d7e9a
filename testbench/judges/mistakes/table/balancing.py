"""Load balancer, target groups, listeners."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of

_BALANCER = "lb.LoadBalancer computer-use-sandbox"
_TARGETS = "lb.TargetGroup console"
_LISTENER = "lb.Listener viewer"

MISTAKES = (
    Mistake(
        "load balancer's name with an underscore",
        _BALANCER,
        {"name": "front_door"},
        "A name has letters, digits and hyphens.",
        "ELBv2 API: CreateLoadBalancer, Name",
    ),
    Mistake(
        "load balancer's name of 33 characters",
        _BALANCER,
        {"name": "front-door-of-the-computer-use-sa"},
        "A name has at most 32 characters.",
        "ELBv2 API: CreateLoadBalancer, Name",
    ),
    Mistake(
        "load balancer's name that ends with a hyphen",
        _BALANCER,
        {"name": "front-door-"},
        "A name does not begin or end with a hyphen.",
        "ELBv2 API: CreateLoadBalancer, Name",
    ),
    Mistake(
        "load balancer's name that begins with internal-",
        _BALANCER,
        {"name": "internal-door"},
        "A name does not begin with internal-.",
        "ELBv2 API: CreateLoadBalancer, Name",
    ),
    Mistake(
        "load balancer of an unknown type",
        _BALANCER,
        {"loadBalancerType": "tcp"},
        "The type is application, network or gateway.",
        "ELBv2 API: LoadBalancerTypeEnum",
    ),
    Mistake(
        "load balancer with unknown addresses",
        _BALANCER,
        {"ipAddressType": "ipv6"},
        "The address type is ipv4, dualstack or dualstack-without-public-ipv4.",
        "ELBv2 API: IpAddressType",
    ),
    Mistake(
        "load balancer twice in one zone",
        _BALANCER,
        {"subnets.0": Of("ec2.Subnet private-0", "id"), "subnets.1": Of("ec2.Subnet public-0", "id")},
        "One subnet for each availability zone.",
        "ELBv2 API: CreateLoadBalancer, Subnets",
    ),
    Mistake(
        "load balancer with a group that does not exist",
        _BALANCER,
        {"securityGroups.0": "sg-0123456789abcdef0"},
        "The security group exists.",
        "ELBv2 API errors: InvalidSecurityGroup",
    ),
    Mistake(
        "dual-stack load balancer in subnets without IPv6",
        _BALANCER,
        {"subnets.0": Of("ec2.Subnet private-0", "id"), "subnets.1": Of("ec2.Subnet private-1", "id")},
        "Each subnet of a dual-stack load balancer has an IPv6 block.",
        "ELBv2 guide: IP address type",
    ),
    Mistake(
        "target group's name with a dot",
        _TARGETS,
        {"name": "console.targets"},
        "A name has letters, digits and hyphens.",
        "ELBv2 API: CreateTargetGroup, Name",
    ),
    Mistake(
        "target group's name that ends with a hyphen",
        _TARGETS,
        {"name": "console-"},
        "A name does not begin or end with a hyphen.",
        "ELBv2 API: CreateTargetGroup, Name",
    ),
    Mistake(
        "target group's name of 33 characters",
        _TARGETS,
        {"name": "console-of-the-computer-use-sandb"},
        "A name has at most 32 characters.",
        "ELBv2 API: CreateTargetGroup, Name",
    ),
    Mistake(
        "targets at port 65536",
        _TARGETS,
        {"port": 65536},
        "A port is between 1 and 65535.",
        "ELBv2 API: CreateTargetGroup, Port",
    ),
    Mistake(
        "targets of an unknown protocol",
        _TARGETS,
        {"protocol": "TCPS"},
        "The protocol is one of HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP, GENEVE, QUIC, TCP_QUIC.",
        "ELBv2 API: ProtocolEnum",
    ),
    Mistake(
        "targets of an unknown type",
        _TARGETS,
        {"targetType": "fargate"},
        "The type is instance, ip, lambda or alb.",
        "ELBv2 API: TargetTypeEnum",
    ),
    Mistake(
        "health check every six minutes",
        _TARGETS,
        {"healthCheck.interval": 360},
        "The interval is between 5 and 300 seconds.",
        "ELBv2 API: CreateTargetGroup, HealthCheckIntervalSeconds",
    ),
    Mistake(
        "healthy after one check",
        _TARGETS,
        {"healthCheck.healthyThreshold": 1},
        "The threshold is between 2 and 10.",
        "ELBv2 API: CreateTargetGroup, HealthyThresholdCount",
    ),
    Mistake(
        "unhealthy after eleven checks",
        _TARGETS,
        {"healthCheck.unhealthyThreshold": 11},
        "The threshold is between 2 and 10.",
        "ELBv2 API: CreateTargetGroup, UnhealthyThresholdCount",
    ),
    Mistake(
        "targets that drain for two hours",
        _TARGETS,
        {"deregistrationDelay": 7200},
        "The delay is between 0 and 3600 seconds.",
        "ELBv2 API: TargetGroupAttribute, deregistration_delay.timeout_seconds",
    ),
    Mistake(
        "HTTP targets behind a TCP listener",
        _TARGETS,
        {"protocol": "HTTP", "healthCheck.protocol": "HTTP"},
        "A TCP listener forwards to TCP targets.",
        "ELBv2 guide: listeners of Network Load Balancers",
        refused_at="CreateListener",
    ),
    Mistake(
        "listener at port 0",
        _LISTENER,
        {"port": 0},
        "A port is between 1 and 65535.",
        "ELBv2 API: CreateListener, Port",
    ),
    Mistake(
        "listener at a port that another has",
        "lb.Listener console",
        {"port": Of(_LISTENER, "port")},
        "One listener for each port.",
        "ELBv2 API errors: DuplicateListener",
        refused_at="CreateListener",
    ),
    Mistake(
        "HTTP listener of a network load balancer",
        _LISTENER,
        {"protocol": "HTTP"},
        "A Network Load Balancer listens for TCP, TLS, UDP and TCP_UDP.",
        "ELBv2 API: CreateListener, Protocol",
    ),
    Mistake(
        "TLS listener without a certificate",
        _LISTENER,
        {"protocol": "TLS"},
        "A TLS listener has one certificate.",
        "ELBv2 API: CreateListener, Certificates",
    ),
    Mistake(
        "listener that waits 6001 seconds",
        _LISTENER,
        {"tcpIdleTimeoutSeconds": 6001},
        "The idle timeout is between 60 and 6000 seconds.",
        "ELBv2 API: ListenerAttribute, tcp.idle_timeout.seconds",
        made_impossible_by="SandboxConfig",
    ),
    Mistake(
        "listener that redirects",
        _LISTENER,
        {"defaultActions": [{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "port": "443"}}]},
        "A listener of a Network Load Balancer forwards.",
        "ELBv2 API: Action, Type",
    ),
    Mistake(
        "listener that forwards to nowhere",
        _LISTENER,
        {
            "defaultActions.0.targetGroupArn": Of(
                "lb.TargetGroup viewer", "arn", lambda arn: arn[:-16] + "0123456789abcdef"
            )
        },
        "The target group exists.",
        "ELBv2 API errors: TargetGroupNotFound",
    ),
)
