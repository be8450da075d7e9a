package io.computeruse.sandbox;

import com.pulumi.Context;
import com.pulumi.aws.AwsFunctions;
import com.pulumi.aws.inputs.GetCallerIdentityArgs;
import com.pulumi.aws.inputs.GetPartitionArgs;
import com.pulumi.aws.inputs.GetRegionArgs;
import com.pulumi.aws.inputs.GetRegionPlainArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.Resource;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.DcvSource;
import io.computeruse.sandbox.config.DomainName;
import io.computeruse.sandbox.config.DomainPreset;
import io.computeruse.sandbox.config.IngressCidr;
import io.computeruse.sandbox.config.PulumiSettings;
import io.computeruse.sandbox.config.SandboxConfig;
import io.computeruse.sandbox.config.StackPath;
import io.computeruse.sandbox.config.Viewer;
import io.computeruse.sandbox.encryption.SandboxKey;
import io.computeruse.sandbox.iam.ServiceRole;
import io.computeruse.sandbox.iam.TaskPolicies;
import io.computeruse.sandbox.image.ImageRepository;
import io.computeruse.sandbox.image.ServiceImage;
import io.computeruse.sandbox.logging.EncryptedLogGroup;
import io.computeruse.sandbox.logging.LogGroupNames;
import io.computeruse.sandbox.naming.Description;
import io.computeruse.sandbox.naming.ResourceNames;
import io.computeruse.sandbox.network.DnsFirewall;
import io.computeruse.sandbox.network.FlowLogs;
import io.computeruse.sandbox.network.FrontDoor;
import io.computeruse.sandbox.network.Ports;
import io.computeruse.sandbox.network.SandboxVpc;
import io.computeruse.sandbox.network.TaskNames;
import io.computeruse.sandbox.network.TrafficPolicy;
import io.computeruse.sandbox.secrets.SandboxSecrets;
import io.computeruse.sandbox.service.ContainerSpec;
import io.computeruse.sandbox.service.ContainerVariables;
import io.computeruse.sandbox.service.EmptyVolume;
import io.computeruse.sandbox.service.FargateService;
import io.computeruse.sandbox.service.LinuxCapability;
import io.computeruse.sandbox.service.LogDelivery;
import io.computeruse.sandbox.service.SandboxCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Wires the components together and exports the outputs; the only class that sees Pulumi's context. */
final class SandboxStack {
    private static final String ZONE = "computer-use.local";
    private static final String ENVIRONMENT = "environment";
    private static final String ORCHESTRATION = "orchestration";
    private static final ComponentResourceOptions TOP = ComponentResourceOptions.Empty;

    private final Context context;
    private final SandboxConfig config;
    private final StackPath path;

    private SandboxStack(Context context, SandboxConfig config) {
        this.context = context;
        this.config = config;
        this.path = new StackPath(config.stack());
    }

    /** Reads the configuration first: if it is not valid, no resource is registered at all. */
    static void define(Context context) {
        var config = SandboxConfig.from(new PulumiSettings(context.config(), context.stackName(), region(context)));
        var stack = new SandboxStack(context, config);
        stack.warn();
        stack.create();
    }

    /**
     * Asks the provider only where the configuration is silent: asking registers the provider, and a wrong configuration should
     * leave no trace.
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
            context.log()
                    .info("The allowlist lets data out to anybody's storage: %s. %s: tight leaves these out."
                            .formatted(
                                    config.dataOutlets().stream()
                                            .map(DomainName::name)
                                            .collect(Collectors.joining(", ")),
                                    DomainPreset.KEY));
        }
        if (config.viewer() == Viewer.DCV) {
            context.log()
                    .warn(
                            "viewer: dcv needs a paid Amazon DCV licence outside EC2, 30 days after its installation at the latest");
        }
    }

    private void create() {
        var aws = awsLocation();
        var names = new ResourceNames(config.stack());
        var logGroups = new LogGroupNames(names);

        var key = new SandboxKey("sandbox", new SandboxKey.Args(aws, logGroups.patterns()), TOP);
        var containerLogs = logGroup("containers", Output.of(logGroups.containers()), key);
        var flowLogGroup = logGroup("flow-logs", Output.of(logGroups.flows()), key);
        var queryLogGroup = logGroup("dns-queries", Output.of(logGroups.dnsQueries()), key);
        var clusterName = key.keyId().applyValue(names::cluster);
        var insightsLogGroup =
                logGroup("container-insights", clusterName.applyValue(LogGroupNames::containerInsights), key);

        var vpc = new SandboxVpc("sandbox", new SandboxVpc.Args(aws, config.vpcCidr(), config.natGateways()), TOP);
        var flowLogs = new FlowLogs("flow-logs", new FlowLogs.Args(aws, path, vpc.id(), flowLogGroup), TOP);
        var traffic = new TrafficPolicy("traffic", new TrafficPolicy.Args(vpc.id(), config.ingress()), TOP);
        var frontDoor = new FrontDoor(
                "front-door",
                new FrontDoor.Args(
                        vpc.id(),
                        vpc.publicSubnetIds(),
                        traffic.frontDoorGroupId(),
                        config.tcpIdleTimeout(),
                        vpc.internetReady()),
                TOP);

        var repository = new ImageRepository("computer-use-sandbox", new ImageRepository.Args(key.arn()), TOP);
        var taskNames = Output.tuple(aws, repository.url())
                .applyValue(t -> TaskNames.of(
                        t.t1,
                        t.t2.substring(0, t.t2.indexOf('/')),
                        List.of(ENVIRONMENT + "." + ZONE, ORCHESTRATION + "." + ZONE),
                        config.modelProviders()));
        var dnsFirewall = new DnsFirewall(
                "dns-firewall", new DnsFirewall.Args(vpc.id(), config.allowedDomains(), taskNames, queryLogGroup), TOP);

        var secrets = new SandboxSecrets(
                "secrets",
                new SandboxSecrets.Args(
                        path,
                        key.arn(),
                        frontDoor.host(),
                        config.loginUsername(),
                        config.loginPassword(),
                        config.anthropicApiKey()),
                TOP);
        var cluster = new SandboxCluster(
                "sandbox", new SandboxCluster.Args(names, clusterName, vpc.id(), ZONE, insightsLogGroup), TOP);
        // Whole components, so that every rule and route that one of them ever has is there before a task starts.
        var before = List.<Resource>of(vpc, flowLogs, traffic, dnsFirewall);

        var environment = new FargateService(
                ENVIRONMENT,
                new FargateService.Args(
                        aws,
                        path,
                        cluster,
                        new ContainerSpec(
                                ENVIRONMENT,
                                List.of(Ports.CONTROL_API, Ports.VIEWER),
                                // The entry point becomes two users, so that the agent's shell cannot read the control
                                // token.
                                Set.of(LinuxCapability.SETGID, LinuxCapability.SETUID),
                                false,
                                List.of(),
                                LogDelivery.NEVER_WAIT),
                        image(
                                ENVIRONMENT,
                                Optional.of(config.viewer().imageTarget()),
                                config.dcvSource()
                                        .map(DcvSource::buildArguments)
                                        .orElse(Map.of()),
                                repository),
                        repository,
                        config.environmentSize(),
                        config.architecture(),
                        Output.of(ContainerVariables.environment(config)),
                        secrets.forEnvironment(),
                        key.arn(),
                        containerLogs,
                        Optional.empty(),
                        vpc.privateSubnetIds(),
                        traffic.environmentGroupId(),
                        frontDoor.viewer(),
                        before),
                TOP);
        var orchestration = new FargateService(
                ORCHESTRATION,
                new FargateService.Args(
                        aws,
                        path,
                        cluster,
                        new ContainerSpec(
                                ORCHESTRATION,
                                List.of(Ports.CONSOLE),
                                Set.of(),
                                true,
                                List.of(new EmptyVolume("/tmp"), ContainerVariables.DATA_DIRECTORY),
                                LogDelivery.EVERY_LINE),
                        image(ORCHESTRATION, Optional.empty(), Map.of(), repository),
                        repository,
                        config.orchestrationSize(),
                        config.architecture(),
                        Output.tuple(aws, frontDoor.url(frontDoor.viewer()))
                                .applyValue(t ->
                                        ContainerVariables.orchestration(config, t.t1, t.t2, ENVIRONMENT + "." + ZONE)),
                        secrets.forOrchestration(),
                        key.arn(),
                        containerLogs,
                        Optional.of(agentRole(aws)),
                        vpc.privateSubnetIds(),
                        traffic.orchestrationGroupId(),
                        frontDoor.console(),
                        before),
                TOP);

        context.export("orchestrationUrl", frontDoor.url(frontDoor.console()));
        context.export("environmentUrl", frontDoor.url(frontDoor.viewer()));
        context.export("username", Output.of(config.loginUsername()));
        context.export("password", secrets.password());
        context.export("tlsCertificateSha256", secrets.certificateSha256());
        context.export("ingressCidr", Output.of(config.ingress().cidr()));
        context.export("ingressMode", Output.of(config.ingress().isBlocked() ? "blocked" : "open-to-deployer"));
        context.export("repositoryUrl", repository.url());
        context.export("clusterName", cluster.clusterName());
        context.export("environmentServiceName", environment.serviceName());
        context.export("orchestrationServiceName", orchestration.serviceName());
        context.export("logGroupName", containerLogs.logGroupName());
        context.export("dnsQueryLogGroupName", queryLogGroup.logGroupName());
        context.export("flowLogGroupName", flowLogGroup.logGroupName());
        context.export("containerInsightsLogGroupName", insightsLogGroup.logGroupName());
        context.export("dnsFirewallRuleGroupId", dnsFirewall.ruleGroupId());
        context.export("dnsFirewallDomainListId", dnsFirewall.domainListId());
        context.export("environmentServiceDns", Output.of(ENVIRONMENT + "." + ZONE));
        context.export("orchestrationServiceDns", Output.of(ORCHESTRATION + "." + ZONE));
        context.export("vpcId", vpc.id());
    }

    private static Output<AwsLocation> awsLocation() {
        return Output.tuple(
                        AwsFunctions.getPartition(GetPartitionArgs.Empty),
                        AwsFunctions.getRegion(GetRegionArgs.Empty),
                        AwsFunctions.getCallerIdentity(GetCallerIdentityArgs.Empty))
                .applyValue(t -> new AwsLocation(t.t1.partition(), t.t2.name(), t.t3.accountId()));
    }

    private static EncryptedLogGroup logGroup(String name, Output<String> logGroupName, SandboxKey key) {
        return new EncryptedLogGroup(name, new EncryptedLogGroup.Args(logGroupName, key.arn()), TOP);
    }

    private ServiceImage image(
            String service, Optional<String> target, Map<String, String> buildArguments, ImageRepository repository) {
        return new ServiceImage(
                service,
                new ServiceImage.Args(
                        service, Path.of("images", service), target, buildArguments, config.architecture(), repository),
                TOP);
    }

    private ServiceRole agentRole(Output<AwsLocation> aws) {
        var policy = config.bedrockModels().isEmpty()
                ? Optional.<Output<String>>empty()
                : Optional.of(aws.applyValue(a -> TaskPolicies.invokeModels(a, config.bedrockModels())));
        return new ServiceRole(
                "orchestration-task",
                new ServiceRole.Args(
                        aws,
                        path,
                        ServiceRole.Principal.ECS_TASKS,
                        Description.ofSandbox("invokes the configured Bedrock models"),
                        policy),
                TOP);
    }
}
