package io.computeruse.sandbox.network;

import com.pulumi.aws.route53.ResolverFirewallConfig;
import com.pulumi.aws.route53.ResolverFirewallConfigArgs;
import com.pulumi.aws.route53.ResolverFirewallDomainList;
import com.pulumi.aws.route53.ResolverFirewallDomainListArgs;
import com.pulumi.aws.route53.ResolverFirewallRule;
import com.pulumi.aws.route53.ResolverFirewallRuleArgs;
import com.pulumi.aws.route53.ResolverFirewallRuleGroup;
import com.pulumi.aws.route53.ResolverFirewallRuleGroupArgs;
import com.pulumi.aws.route53.ResolverFirewallRuleGroupAssociation;
import com.pulumi.aws.route53.ResolverFirewallRuleGroupAssociationArgs;
import com.pulumi.aws.route53.ResolverQueryLogConfig;
import com.pulumi.aws.route53.ResolverQueryLogConfigArgs;
import com.pulumi.aws.route53.ResolverQueryLogConfigAssociation;
import com.pulumi.aws.route53.ResolverQueryLogConfigAssociationArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.config.DomainName;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import java.util.List;
import java.util.Map;

/**
 * The DNS firewall, which decides what names the tasks may look up.
 *
 * <p>Promise: a name that is on neither list gets an empty answer (NODATA). If the firewall itself fails, every look-up fails,
 * because a sandbox without internet is better than one without a filter. Every query is logged. The names that the tasks
 * themselves need are a separate list, so an empty allowlist does not stop the sandbox. Resources that depend on this component
 * are created only after names are filtered and logged.
 */
public final class DnsFirewall extends ComponentResource {
    private static final FirewallPriority TASK_NAMES_PRIORITY = new FirewallPriority(100);
    private static final FirewallPriority ALLOWLIST_PRIORITY = new FirewallPriority(200);
    /** The last rule, and a necessary one: the resolver answers names that no rule matches. */
    private static final FirewallPriority BLOCK_PRIORITY = new FirewallPriority(1000);

    private static final FirewallPriority ASSOCIATION_PRIORITY = new FirewallPriority(1000);
    private static final String EVERY_NAME = "*.";

    private final ResolverFirewallRuleGroup group;
    private final ResolverFirewallDomainList allowlist;

    /**
     * @param allowed names that the desktop may look up
     * @param taskNames names that the tasks themselves need
     * @param queryLog where every query is logged
     */
    public record Args(
            Output<String> vpcId,
            List<DomainName> allowed,
            Output<List<DomainName>> taskNames,
            EncryptedLogGroup queryLog) {}

    public DnsFirewall(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:network:DnsFirewall", name, options);
        allowlist = domainList("allowed-domains", Output.of(args.allowed()));
        var taskNames = domainList("task-names", args.taskNames());
        var everyName = new ResolverFirewallDomainList(
                "every-name",
                ResolverFirewallDomainListArgs.builder().domains(EVERY_NAME).build(),
                child());
        group = new ResolverFirewallRuleGroup(name, ResolverFirewallRuleGroupArgs.Empty, child());
        var allowTaskNames = allow("allow-task-names", taskNames, TASK_NAMES_PRIORITY);
        var allowDomains = allow("allow-domains", allowlist, ALLOWLIST_PRIORITY);
        var blockRest = new ResolverFirewallRule(
                "block-the-rest",
                ResolverFirewallRuleArgs.builder()
                        .firewallRuleGroupId(group.id())
                        .firewallDomainListId(everyName.id())
                        .priority(BLOCK_PRIORITY.number())
                        .action("BLOCK")
                        .blockResponse("NODATA")
                        .build(),
                child());
        new ResolverFirewallConfig(
                name,
                ResolverFirewallConfigArgs.builder()
                        .resourceId(args.vpcId())
                        .firewallFailOpen("DISABLED")
                        .build(),
                child());
        new ResolverFirewallRuleGroupAssociation(
                name,
                ResolverFirewallRuleGroupAssociationArgs.builder()
                        .firewallRuleGroupId(group.id())
                        .vpcId(args.vpcId())
                        .priority(ASSOCIATION_PRIORITY.number())
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        // A group without its last rule would let every name through.
                        .dependsOn(allowTaskNames, allowDomains, blockRest)
                        .build());
        var queries = new ResolverQueryLogConfig(
                name,
                ResolverQueryLogConfigArgs.builder()
                        .destinationArn(args.queryLog().arn())
                        .build(),
                child());
        new ResolverQueryLogConfigAssociation(
                name,
                ResolverQueryLogConfigAssociationArgs.builder()
                        .resolverQueryLogConfigId(queries.id())
                        .resourceId(args.vpcId())
                        .build(),
                child());
        registerOutputs(Map.of("ruleGroupId", group.id(), "domainListId", allowlist.id()));
    }

    private ResolverFirewallDomainList domainList(String name, Output<List<DomainName>> domains) {
        return new ResolverFirewallDomainList(
                name,
                ResolverFirewallDomainListArgs.builder()
                        .domains(domains.applyValue(names -> names.stream()
                                .map(DomainName::withFinalDot)
                                .sorted()
                                .toList()))
                        .build(),
                child());
    }

    private ResolverFirewallRule allow(String name, ResolverFirewallDomainList domains, FirewallPriority priority) {
        return new ResolverFirewallRule(
                name,
                ResolverFirewallRuleArgs.builder()
                        .firewallRuleGroupId(group.id())
                        .firewallDomainListId(domains.id())
                        .priority(priority.number())
                        .action("ALLOW")
                        // If an allowed name is an alias, its target need not be on the list too, as it would by
                        // default.
                        .firewallDomainRedirectionAction("TRUST_REDIRECTION_DOMAIN")
                        .build(),
                child());
    }

    private CustomResourceOptions child() {
        return CustomResourceOptions.builder().parent(this).build();
    }

    public Output<String> ruleGroupId() {
        return group.id();
    }

    /** Id of the list that holds {@code allowedDomains} and the preset's names. */
    public Output<String> domainListId() {
        return allowlist.id();
    }
}
