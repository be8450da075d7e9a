package io.computeruse.sandbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pulumi.Context;
import com.pulumi.automation.AutomationException;
import com.pulumi.automation.ConfigValue;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.UpOptions;
import com.pulumi.aws.ec2.Eip;
import com.pulumi.aws.ec2.EipArgs;
import com.pulumi.aws.ec2.SecurityGroup;
import com.pulumi.aws.ec2.SecurityGroupArgs;
import com.pulumi.aws.ec2.SecurityGroupRule;
import com.pulumi.aws.ec2.SecurityGroupRuleArgs;
import com.pulumi.aws.ec2.inputs.SecurityGroupIngressArgs;
import com.pulumi.aws.vpc.SecurityGroupIngressRule;
import com.pulumi.aws.vpc.SecurityGroupIngressRuleArgs;
import com.pulumi.core.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The policy pack stops programs that would let others in than the deployer. The sandbox's own program cannot do that, so each
 * test runs a small program of its own, on the real engine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyViolationIT {
    private static final String DEPLOYER = "203.0.113.0/24";

    private Path folder;

    private LocalAws aws;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        this.folder = folder;
        aws = LocalAws.start();
    }

    @AfterAll
    void stop() throws IOException {
        aws.close();
    }

    private void up(String stackName, Consumer<Context> program) throws Exception {
        var state = Files.createDirectories(folder.resolve("state"));
        Map<String, String> environment = new HashMap<>(aws.environment());
        environment.put("PULUMI_BACKEND_URL", state.toUri().toString());
        environment.put("PULUMI_CONFIG_PASSPHRASE", "local");
        environment.put("PULUMI_SKIP_UPDATE_CHECK", "true");
        environment.put("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
        var stack = LocalWorkspace.createStack(
                "computer-use-sandbox",
                stackName,
                program,
                LocalWorkspaceOptions.builder()
                        .workDir(Files.createDirectories(folder.resolve(stackName)))
                        .pulumiHome(Path.of(".local", "pulumi-home").toAbsolutePath())
                        .environmentVariables(environment)
                        .build());
        stack.setConfig("computer-use-sandbox:deployerIp", new ConfigValue(DEPLOYER));
        stack.setConfig("aws:region", new ConfigValue("us-west-2"));
        stack.up(UpOptions.builder().policyPacks(SandboxProject.policyPacks()).build());
    }

    private void assertStopped(String stackName, Consumer<Context> program) {
        assertThatThrownBy(() -> up(stackName, program))
                .isInstanceOf(AutomationException.class)
                .hasMessageContaining("mandatory");
        assertThat(aws.list(
                        "SecurityGroups",
                        "ec2",
                        "describe-security-groups",
                        "--filters",
                        "Name=tag:Name,Values=" + stackName))
                .allSatisfy(group ->
                        assertThat(group.getAsJsonArray("IpPermissions")).isEmpty());
    }

    private static SecurityGroup group(String name, SecurityGroupIngressArgs... ingress) {
        var args = SecurityGroupArgs.builder().description("test").tags(Map.of("Name", name));
        return new SecurityGroup(
                name, ingress.length == 0 ? args.build() : args.ingress(ingress).build());
    }

    private static SecurityGroupIngressArgs.Builder inline() {
        return SecurityGroupIngressArgs.builder().protocol("tcp").fromPort(8501).toPort(8501);
    }

    private static void standalone(Output<String> groupId, Consumer<SecurityGroupIngressRuleArgs.Builder> source) {
        var args = SecurityGroupIngressRuleArgs.builder()
                .securityGroupId(groupId)
                .ipProtocol("tcp")
                .fromPort(8501)
                .toPort(8501);
        source.accept(args);
        new SecurityGroupIngressRule("rule", args.build());
    }

    @Test
    void anInlineIpv4RuleWiderThanTheDeployersRangeStopsUp() {
        assertStopped(
                "inline-ipv4",
                ctx -> group(
                        "inline-ipv4", inline().cidrBlocks("203.0.112.0/23").build()));
    }

    @Test
    void anInlineIpv6RuleStopsUp() {
        assertStopped(
                "inline-ipv6",
                ctx -> group("inline-ipv6", inline().ipv6CidrBlocks("::/0").build()));
    }

    @Test
    void aStandaloneIpv4RuleWiderThanTheDeployersRangeStopsUp() {
        assertStopped("alone-ipv4", ctx -> standalone(group("alone-ipv4").id(), rule -> rule.cidrIpv4("0.0.0.0/1")));
    }

    @Test
    void aStandaloneIpv6RuleStopsUp() {
        assertStopped("alone-ipv6", ctx -> standalone(group("alone-ipv6").id(), rule -> rule.cidrIpv6("::/0")));
    }

    @Test
    void anOldStyleStandaloneRuleStopsUp() {
        assertStopped(
                "old-style",
                ctx -> new SecurityGroupRule(
                        "rule",
                        SecurityGroupRuleArgs.builder()
                                .securityGroupId(group("old-style").id())
                                .type("ingress")
                                .protocol("-1")
                                .fromPort(0)
                                .toPort(0)
                                .cidrBlocks("0.0.0.0/0")
                                .build()));
    }

    @Test
    void aSourceThatIsNotKnownAtPreviewStopsUp() {
        assertStopped("unknown", ctx -> {
            var address = new Eip("address", EipArgs.builder().domain("vpc").build());
            standalone(
                    group("unknown").id(),
                    rule -> rule.cidrIpv4(address.publicIp().applyValue(ip -> ip + "/32")));
        });
    }

    /** Without this test the others would pass with a pack that refuses everything. */
    @Test
    void theDeployersOwnRangeIsAccepted() throws Exception {
        up("deployer", ctx -> standalone(group("deployer").id(), rule -> rule.cidrIpv4("203.0.113.7/32")));
        assertThat(aws.list(
                                "SecurityGroups",
                                "ec2",
                                "describe-security-groups",
                                "--filters",
                                "Name=tag:Name,Values=deployer")
                        .get(0)
                        .getAsJsonArray("IpPermissions"))
                .hasSize(1);
    }
}
