package io.computeruse.sandbox;

import com.pulumi.Context;
import com.pulumi.aws.AwsFunctions;
import com.pulumi.aws.inputs.GetCallerIdentityArgs;
import com.pulumi.aws.inputs.GetPartitionArgs;
import com.pulumi.aws.inputs.GetRegionArgs;
import com.pulumi.aws.inputs.GetRegionPlainArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.DomainName;
import io.computeruse.sandbox.config.DomainPreset;
import io.computeruse.sandbox.config.IngressCidr;
import io.computeruse.sandbox.config.PulumiSettings;
import io.computeruse.sandbox.config.SandboxConfig;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.config.Viewer;
import io.computeruse.sandbox.encryption.SandboxKey;
import io.computeruse.sandbox.image.ImageRepository;
import io.computeruse.sandbox.logging.LogGroupNames;
import io.computeruse.sandbox.logging.LogGroups;
import io.computeruse.sandbox.naming.ResourceNames;
import io.computeruse.sandbox.network.DnsFirewall;
import io.computeruse.sandbox.network.FlowLogs;
import io.computeruse.sandbox.network.FrontDoor;
import io.computeruse.sandbox.network.SandboxVpc;
import io.computeruse.sandbox.network.TaskNames;
import io.computeruse.sandbox.network.TrafficPolicy;
import io.computeruse.sandbox.secrets.SandboxSecrets;
import io.computeruse.sandbox.service.ConsoleContainer;
import io.computeruse.sandbox.service.DesktopContainer;
import io.computeruse.sandbox.service.FargateService;
import io.computeruse.sandbox.service.SandboxCluster;
import java.util.List;
import java.util.stream.Collectors;

/** Connects the components and exports the outputs. No other class but {@link App} uses Pulumi's context. */
final class SandboxStack {
    private static final String PRIVATE_ZONE = "computer-use.local";
    private static final String DESKTOP_HOST = DesktopContainer.SERVICE + "." + PRIVATE_ZONE;
    private static final String CONSOLE_HOST = ConsoleContainer.SERVICE + "." + PRIVATE_ZONE;
    private static final ComponentResourceOptions TOP = ComponentResourceOptions.Empty;

    private final Context context;
    private final SandboxConfig config;

    private SandboxStack(Context context, SandboxConfig config) {
        this.context = context;
        this.config = config;
    }

    /** Reads the configuration first, so that an invalid one registers no resource at all. */
    static void define(Context context) {
        var config = SandboxConfig.from(new PulumiSettings(context.config(), context.stackName(), region(context)));
        var stack = new SandboxStack(context, config);
        stack.warn();
        stack.create();
    }

    /**
     * The region of the AWS provider. The provider is asked only if the configuration names no region, because asking registers
     * the provider, and an invalid configuration should leave no trace.
     */
    private static String region(Context context) {
        return context.config("aws").get("region").orElseGet(() -> AwsFunctions.getRegionPlain(GetRegionPlainArgs.Empty)
                .join()
                .name());
    }

    private void warn() {
        if (config.ingress().isBlocked()) {
            context.log()
                    .warn(
                            "%s is not set, so nobody can connect (fail-secure: the rule is %s). Set it with: pulumi config set %s YOUR_ADDRESS"
                                    .formatted(IngressCidr.KEY, IngressCidr.BLOCKED, IngressCidr.KEY));
        }
        if (!config.dataOutlets().isEmpty()) {
            var outlets = config.dataOutlets().stream().map(DomainName::name).collect(Collectors.joining(", "));
            context.log()
                    .info("The allowlist lets data out to storage that anybody can own: %s. %s: tight leaves these out."
                            .formatted(outlets, DomainPreset.KEY));
        }
        if (config.desktop().viewer() == Viewer.DCV) {
            context.log()
                    .warn(
                            "viewer: dcv needs a paid Amazon DCV licence outside EC2, at the latest 30 days after its installation");
        }
    }

    private void create() {
        var aws = awsLocation();
        var path = new StackPath(config.stack());
        var names = new ResourceNames(config.stack());
        var logGroupNames = new LogGroupNames(names);

        var key = new SandboxKey("sandbox", new SandboxKey.Args(aws, logGroupNames.patterns()), TOP);
        var clusterName = key.keyId().applyValue(names::cluster);
        var logs = LogGroups.create(logGroupNames, clusterName, key.arn(), TOP);

        var network = config.network();
        var vpc = new SandboxVpc("sandbox", new SandboxVpc.Args(aws, network.vpcCidr(), network.natGateways()), TOP);
        var flowLogs = new FlowLogs("flow-logs", new FlowLogs.Args(aws, path, vpc.id(), logs.flows()), TOP);
        var traffic = new TrafficPolicy("traffic", new TrafficPolicy.Args(vpc.id(), config.ingress()), TOP);
        var frontDoor = new FrontDoor(
                "front-door",
                new FrontDoor.Args(
                        vpc.id(),
                        vpc.publicSubnetIds(),
                        traffic.frontDoorGroupId(),
                        network.tcpIdleTimeout(),
                        vpc.internetReady()),
                TOP);

        var repository = new ImageRepository("computer-use-sandbox", new ImageRepository.Args(key.arn()), TOP);
        var taskNames = Output.tuple(aws, repository.host())
                .applyValue(t -> TaskNames.of(
                        t.t1,
                        t.t2,
                        List.of(DESKTOP_HOST, CONSOLE_HOST),
                        config.models().providers()));
        var dnsFirewall = new DnsFirewall(
                "dns-firewall",
                new DnsFirewall.Args(vpc.id(), config.allowedDomains(), taskNames, logs.dnsQueries()),
                TOP);

        var secrets = new SandboxSecrets(
                "secrets",
                new SandboxSecrets.Args(
                        path,
                        key.arn(),
                        frontDoor.host(),
                        config.login().username(),
                        config.login().password(),
                        config.models().anthropicApiKey()),
                TOP);
        var cluster = new SandboxCluster(
                "sandbox",
                new SandboxCluster.Args(names, clusterName, vpc.id(), PRIVATE_ZONE, logs.containerInsights()),
                TOP);
        var services = new SandboxServices(
                config,
                new FargateService.Platform(
                        aws,
                        path,
                        cluster,
                        repository,
                        key.arn(),
                        logs.containers(),
                        // Whole components, so that a task starts only after every rule and route that any of them has.
                        List.of(vpc, flowLogs, traffic, dnsFirewall)),
                new SandboxServices.Connections(vpc, traffic, frontDoor, secrets, DESKTOP_HOST));

        context.export("orchestrationUrl", frontDoor.url(frontDoor.console()));
        context.export("environmentUrl", frontDoor.url(frontDoor.viewer()));
        context.export("username", Output.of(config.login().username()));
        context.export("password", secrets.password());
        context.export("tlsCertificateSha256", secrets.certificateSha256());
        context.export("ingressCidr", Output.of(config.ingress().cidr()));
        context.export("ingressMode", Output.of(config.ingress().isBlocked() ? "blocked" : "open-to-deployer"));
        context.export("repositoryUrl", repository.url());
        context.export("clusterName", cluster.clusterName());
        context.export("environmentServiceName", services.desktop().serviceName());
        context.export("orchestrationServiceName", services.console().serviceName());
        context.export("logGroupName", logs.containers().logGroupName());
        context.export("dnsQueryLogGroupName", logs.dnsQueries().logGroupName());
        context.export("flowLogGroupName", logs.flows().logGroupName());
        context.export("containerInsightsLogGroupName", logs.containerInsights().logGroupName());
        context.export("dnsFirewallRuleGroupId", dnsFirewall.ruleGroupId());
        context.export("dnsFirewallDomainListId", dnsFirewall.domainListId());
        context.export("environmentServiceDns", Output.of(DESKTOP_HOST));
        context.export("orchestrationServiceDns", Output.of(CONSOLE_HOST));
        context.export("vpcId", vpc.id());
    }

    private static Output<AwsLocation> awsLocation() {
        return Output.tuple(
                        AwsFunctions.getPartition(GetPartitionArgs.Empty),
                        AwsFunctions.getRegion(GetRegionArgs.Empty),
                        AwsFunctions.getCallerIdentity(GetCallerIdentityArgs.Empty))
                .applyValue(t -> new AwsLocation(t.t1.partition(), t.t2.name(), t.t3.accountId()));
    }
}
