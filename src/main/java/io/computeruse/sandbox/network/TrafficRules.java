package io.computeruse.sandbox.network;

import com.pulumi.aws.ec2.SecurityGroup;
import com.pulumi.aws.ec2.SecurityGroupArgs;
import com.pulumi.aws.vpc.SecurityGroupEgressRule;
import com.pulumi.aws.vpc.SecurityGroupEgressRuleArgs;
import com.pulumi.aws.vpc.SecurityGroupIngressRule;
import com.pulumi.aws.vpc.SecurityGroupIngressRuleArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.IngressCidr;
import io.computeruse.sandbox.naming.Description;
import java.util.Map;

/**
 * Creates security groups and their rules. Each rule is a resource of its own, so that changing one replaces nothing else. No
 * method creates a rule that admits every source.
 */
final class TrafficRules {
    private static final String TCP = "tcp";
    private static final String EVERYWHERE = "0.0.0.0/0";

    private static final Description DEPLOYER = new Description("Address range of the deployer");

    private final Resource parent;

    /** @param parent the component that groups and rules belong to */
    TrafficRules(Resource parent) {
        this.parent = parent;
    }

    private CustomResourceOptions child() {
        return CustomResourceOptions.builder().parent(parent).build();
    }

    /** A group that admits nothing and, since the provider removes EC2's default rule, lets nothing out. */
    SecurityGroup group(String name, Description description, Output<String> vpcId) {
        return new SecurityGroup(
                name,
                SecurityGroupArgs.builder()
                        .vpcId(vpcId)
                        .description(description.text())
                        .tags(Map.of("Name", name))
                        .build(),
                child());
    }

    /**
     * Admits the deployer's range to one port. The resource's name contains the IP version, which EC2 cannot change in place: so
     * another version creates a new rule and then deletes the old one.
     */
    void admitDeployer(String name, SecurityGroup to, int port, IngressCidr from) {
        var rule = SecurityGroupIngressRuleArgs.builder()
                .securityGroupId(to.id())
                .description(DEPLOYER.text())
                .ipProtocol(TCP)
                .fromPort(port)
                .toPort(port);
        if (from.isIpv6()) {
            rule.cidrIpv6(from.cidr());
        } else {
            rule.cidrIpv4(from.cidr());
        }
        new SecurityGroupIngressRule(name + (from.isIpv6() ? "-ipv6" : "-ipv4"), rule.build(), child());
    }

    /** Lets one group connect to another, with a rule on each side. */
    void connect(String name, Description description, SecurityGroup from, SecurityGroup to, int port) {
        new SecurityGroupIngressRule(
                name,
                SecurityGroupIngressRuleArgs.builder()
                        .securityGroupId(to.id())
                        .referencedSecurityGroupId(from.id())
                        .description(description.text())
                        .ipProtocol(TCP)
                        .fromPort(port)
                        .toPort(port)
                        .build(),
                child());
        new SecurityGroupEgressRule(
                name,
                SecurityGroupEgressRuleArgs.builder()
                        .securityGroupId(from.id())
                        .referencedSecurityGroupId(to.id())
                        .description(description.text())
                        .ipProtocol(TCP)
                        .fromPort(port)
                        .toPort(port)
                        .build(),
                child());
    }

    /** Lets a group connect to one port anywhere. The DNS firewall decides which names can be resolved. */
    void letOut(String name, Description description, SecurityGroup from, int port) {
        new SecurityGroupEgressRule(
                name,
                SecurityGroupEgressRuleArgs.builder()
                        .securityGroupId(from.id())
                        .cidrIpv4(EVERYWHERE)
                        .description(description.text())
                        .ipProtocol(TCP)
                        .fromPort(port)
                        .toPort(port)
                        .build(),
                child());
    }
}
