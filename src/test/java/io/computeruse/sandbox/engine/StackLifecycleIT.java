package io.computeruse.sandbox.engine;

import static io.computeruse.sandbox.engine.LocalAws.objects;
import static io.computeruse.sandbox.engine.LocalAws.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.pulumi.automation.ConfigValue;
import com.pulumi.automation.DestroyOptions;
import com.pulumi.automation.OutputValue;
import com.pulumi.automation.RefreshOptions;
import com.pulumi.automation.UpOptions;
import com.pulumi.automation.WorkspaceStack;
import io.computeruse.sandbox.certificate.SelfSignedCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One stack's whole life with the real engine, the real AWS provider and the policy pack. The tests read what exists from the
 * emulator with the AWS CLI, not from Pulumi's state.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StackLifecycleIT {
    private static final String DEPLOYER = "203.0.113.1/32";

    private Path folder;

    private LocalAws aws;
    private SandboxProject project;
    private WorkspaceStack stack;
    private Map<String, OutputValue> outputs;
    private String vpcId;

    @BeforeAll
    void upCreatesEverything(@TempDir Path folder) throws Exception {
        this.folder = folder;
        aws = LocalAws.start();
        project = SandboxProject.copyTo(folder, aws);
        stack = project.stack("local");
        assertThat(stack.up(UpOptions.builder()
                                .policyPacks(SandboxProject.policyPacks())
                                .build())
                        .summary()
                        .result())
                .hasToString("SUCCEEDED");
        outputs = stack.getOutputs();
        vpcId = output("vpcId");
    }

    @AfterAll
    void stop() throws Exception {
        aws.close();
    }

    private String output(String name) {
        return outputs.get(name).value().toString();
    }

    private Changes up() throws Exception {
        var changes = new Changes();
        stack.up(UpOptions.builder()
                .policyPacks(SandboxProject.policyPacks())
                .onEvent(changes)
                .build());
        return changes;
    }

    /** Every rule of every group in the stack's VPC, including the default group. */
    private List<JsonObject> rules(boolean egress) {
        var groups = aws
                .list("SecurityGroups", "ec2", "describe-security-groups", "--filters", "Name=vpc-id,Values=" + vpcId)
                .stream()
                .map(group -> group.get("GroupId").getAsString())
                .collect(Collectors.toSet());
        return aws.list("SecurityGroupRules", "ec2", "describe-security-group-rules").stream()
                .filter(rule -> groups.contains(rule.get("GroupId").getAsString()))
                .filter(rule -> rule.get("IsEgress").getAsBoolean() == egress)
                .toList();
    }

    private String groupId(String name) {
        return aws.list(
                        "SecurityGroups",
                        "ec2",
                        "describe-security-groups",
                        "--filters",
                        "Name=vpc-id,Values=" + vpcId,
                        "Name=tag:Name,Values=" + name)
                .get(0)
                .get("GroupId")
                .getAsString();
    }

    @Test
    @Order(1)
    void everyPromisedOutputExistsAndOnlyThePasswordIsSecret() {
        assertThat(outputs.keySet())
                .containsExactlyInAnyOrder(
                        "orchestrationUrl",
                        "environmentUrl",
                        "username",
                        "password",
                        "tlsCertificateSha256",
                        "ingressCidr",
                        "ingressMode",
                        "repositoryUrl",
                        "clusterName",
                        "environmentServiceName",
                        "orchestrationServiceName",
                        "logGroupName",
                        "dnsQueryLogGroupName",
                        "flowLogGroupName",
                        "containerInsightsLogGroupName",
                        "dnsFirewallRuleGroupId",
                        "dnsFirewallDomainListId",
                        "environmentServiceDns",
                        "orchestrationServiceDns",
                        "vpcId");
        assertThat(outputs.entrySet().stream()
                        .filter(o -> o.getValue().isSecret())
                        .map(Map.Entry::getKey))
                .containsExactly("password");
        assertThat(output("ingressMode")).isEqualTo("open-to-deployer");
        assertThat(output("ingressCidr")).isEqualTo(DEPLOYER);
    }

    @Test
    @Order(2)
    void exactlyOneSourceRangeReachesTheTwoPorts() {
        var frontDoor = groupId("front-door");
        var fromOutside = rules(false).stream()
                .filter(rule -> rule.has("CidrIpv4") || rule.has("CidrIpv6") || rule.has("PrefixListId"))
                .toList();
        assertThat(fromOutside)
                .extracting(
                        rule -> rule.get("GroupId").getAsString(),
                        rule -> rule.get("CidrIpv4").getAsString(),
                        rule -> rule.get("FromPort").getAsInt() + "-"
                                + rule.get("ToPort").getAsInt())
                .containsExactlyInAnyOrder(
                        tuple(frontDoor, DEPLOYER, "8501-8501"), tuple(frontDoor, DEPLOYER, "8443-8443"));
    }

    @Test
    @Order(2)
    void onlyTheConsolesTaskReachesTheControlApi() {
        var toControlApi = rules(false).stream()
                .filter(rule -> rule.get("FromPort").getAsInt() <= 5000
                        && rule.get("ToPort").getAsInt() >= 5000)
                .toList();
        assertThat(toControlApi).hasSize(1);
        assertThat(toControlApi.get(0).get("GroupId").getAsString()).isEqualTo(groupId("environment"));
        assertThat(toControlApi
                        .get(0)
                        .getAsJsonObject("ReferencedGroupInfo")
                        .get("GroupId")
                        .getAsString())
                .isEqualTo(groupId("orchestration"));
    }

    @Test
    @Order(2)
    void theTasksReachTheInternetOnTcp443AndTheDesktopOnTcp80TooAndOnNothingElse() {
        var toAnywhere = rules(true).stream()
                .filter(rule -> rule.has("CidrIpv4") || rule.has("CidrIpv6"))
                .toList();
        assertThat(toAnywhere)
                .extracting(
                        rule -> rule.get("GroupId").getAsString(),
                        rule -> rule.get("IpProtocol").getAsString(),
                        rule -> rule.get("FromPort").getAsInt(),
                        rule -> rule.get("ToPort").getAsInt())
                .containsExactlyInAnyOrder(
                        tuple(groupId("environment"), "tcp", 443, 443),
                        tuple(groupId("environment"), "tcp", 80, 80),
                        tuple(groupId("orchestration"), "tcp", 443, 443));
    }

    @Test
    @Order(2)
    void theDefaultSecurityGroupIsEmpty() {
        var groups = aws.list(
                "SecurityGroups",
                "ec2",
                "describe-security-groups",
                "--filters",
                "Name=vpc-id,Values=" + vpcId,
                "Name=group-name,Values=default");
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).getAsJsonArray("IpPermissions")).isEmpty();
        assertThat(groups.get(0).getAsJsonArray("IpPermissionsEgress")).isEmpty();
    }

    @Test
    @Order(2)
    void tasksHaveNoPublicAddressAndRunByDigestInPrivateSubnets() {
        var privateSubnets = aws
                .list(
                        "Subnets",
                        "ec2",
                        "describe-subnets",
                        "--filters",
                        "Name=vpc-id,Values=" + vpcId,
                        "Name=tag:Name,Values=private-*")
                .stream()
                .map(subnet -> subnet.get("SubnetId").getAsString())
                .collect(Collectors.toSet());
        assertThat(privateSubnets).hasSize(2);
        var services = aws.list(
                "services",
                "ecs",
                "describe-services",
                "--cluster",
                output("clusterName"),
                "--services",
                output("environmentServiceName"),
                output("orchestrationServiceName"));
        assertThat(services).hasSize(2).allSatisfy(service -> {
            var network = service.getAsJsonObject("networkConfiguration").getAsJsonObject("awsvpcConfiguration");
            assertThat(network.get("assignPublicIp").getAsString()).isEqualTo("DISABLED");
            assertThat(Set.copyOf(strings(network.get("subnets")))).isEqualTo(privateSubnets);
            var breaker =
                    service.getAsJsonObject("deploymentConfiguration").getAsJsonObject("deploymentCircuitBreaker");
            assertThat(breaker.get("enable").getAsBoolean()
                            && breaker.get("rollback").getAsBoolean())
                    .isTrue();
            assertThat(container(service.get("taskDefinition").getAsString())
                            .get("image")
                            .getAsString())
                    .matches("\\S+@sha256:[0-9a-f]{64}");
        });
    }

    private JsonObject taskDefinition(String arn) {
        return aws.aws("ecs", "describe-task-definition", "--task-definition", arn)
                .getAsJsonObject("taskDefinition");
    }

    private JsonObject container(String taskDefinitionArn) {
        return objects(taskDefinition(taskDefinitionArn).get("containerDefinitions"))
                .get(0);
    }

    private String runningTaskDefinition(String serviceOutput) {
        return aws.list(
                        "services",
                        "ecs",
                        "describe-services",
                        "--cluster",
                        output("clusterName"),
                        "--services",
                        output(serviceOutput))
                .get(0)
                .get("taskDefinition")
                .getAsString();
    }

    @Test
    @Order(2)
    void secretsReachContainersByReferenceOnlyAndTheDesktopHasNoAwsIdentity() {
        var current = aws.list("SecretList", "secretsmanager", "list-secrets").stream()
                .map(secret -> secret.get("ARN").getAsString())
                .collect(Collectors.toMap(arn -> arn, this::currentVersion));
        for (var service : List.of("environmentServiceName", "orchestrationServiceName")) {
            var container = container(runningTaskDefinition(service));
            assertThat(objects(container.get("secrets")))
                    .extracting(secret -> secret.get("name").getAsString())
                    .containsExactly(
                            "CONTROL_TOKEN", "LOGIN_PASSWORD", "LOGIN_USERNAME", "TLS_CERTIFICATE", "TLS_PRIVATE_KEY");
            assertThat(objects(container.get("secrets"))).allSatisfy(secret -> {
                // ARN:field:version-stage:version-id (Amazon ECS Developer Guide, "Pass Secrets Manager secrets through
                // Amazon ECS environment variables").
                var reference = secret.get("valueFrom").getAsString();
                var arn = String.join(":", List.of(reference.split(":")).subList(0, 7));
                assertThat(current).containsKey(arn);
                assertThat(reference.substring(arn.length())).matches(":[A-Za-z]*::" + current.get(arn));
            });
            assertThat(objects(container.get("environment")))
                    .noneMatch(
                            variable -> variable.get("name").getAsString().matches(".*(PASSWORD|TOKEN|KEY|SECRET).*"));
        }
        var desktop = taskDefinition(runningTaskDefinition("environmentServiceName"));
        assertThat(desktop.has("taskRoleArn") && !desktop.get("taskRoleArn").isJsonNull())
                .isFalse();
    }

    private String currentVersion(String secretArn) {
        return aws.list("Versions", "secretsmanager", "list-secret-version-ids", "--secret-id", secretArn).stream()
                .filter(version -> strings(version.get("VersionStages")).contains("AWSCURRENT"))
                .map(version -> version.get("VersionId").getAsString())
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Order(2)
    void theNamesOfRolesAndSecretsBeginWithTheStacksPath() {
        assertThat(aws.list("Roles", "iam", "list-roles"))
                .extracting(role -> role.get("Path").getAsString())
                .filteredOn(path -> !path.startsWith("/aws-"))
                .hasSize(4)
                .containsOnly("/computer-use-sandbox/local/");
        assertThat(aws.list("SecretList", "secretsmanager", "list-secrets"))
                .extracting(secret -> secret.get("Name").getAsString().replaceFirst("-[0-9a-f]+$", ""))
                .containsExactlyInAnyOrder(
                        "computer-use-sandbox/local/login",
                        "computer-use-sandbox/local/tls",
                        "computer-use-sandbox/local/control-token");
    }

    @Test
    @Order(2)
    void theStateContainsNoSecretValueInClear() throws Exception {
        var state = stateFile();
        var values = new TreeSet<String>();
        for (var secret : aws.list("SecretList", "secretsmanager", "list-secrets")) {
            var value = aws.aws(
                            "secretsmanager",
                            "get-secret-value",
                            "--secret-id",
                            secret.get("ARN").getAsString())
                    .get("SecretString")
                    .getAsString();
            if (value.startsWith("{")) {
                var object = JsonParser.parseString(value).getAsJsonObject();
                object.remove("username");
                object.remove("certificate");
                object.entrySet().forEach(e -> values.add(e.getValue().getAsString()));
            } else {
                values.add(value);
            }
        }
        assertThat(values).hasSize(3).contains(output("password"));
        var escaped = new Gson();
        assertThat(values).allSatisfy(value -> {
            assertThat(value).hasSizeGreaterThan(20);
            var json = escaped.toJson(value);
            assertThat(state).doesNotContain(json.substring(1, json.length() - 1));
        });
    }

    /** The state's file. An export by the Automation API would decrypt the secrets. */
    private String stateFile() throws IOException {
        try (var files = Files.walk(folder.resolve("state").resolve(".pulumi").resolve("stacks"))) {
            return Files.readString(files.filter(file -> file.endsWith("local.json"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    @Test
    @Order(2)
    void imagesAreBuiltByThePluginThatSupportsCurrentDocker() throws Exception {
        var resources = objects(JsonParser.parseString(stateFile())
                .getAsJsonObject()
                .getAsJsonObject("checkpoint")
                .getAsJsonObject("latest")
                .get("resources"));
        var plugins = resources.stream()
                .filter(resource -> resource.get("type").getAsString().equals("pulumi:providers:docker"))
                .toList();
        assertThat(plugins)
                .extracting(plugin ->
                        plugin.getAsJsonObject("inputs").get("version").getAsString())
                .containsExactly("4.11.2");
        assertThat(resources)
                .filteredOn(resource -> resource.get("type").getAsString().equals("docker:index/image:Image"))
                .hasSize(2)
                .allSatisfy(image -> assertThat(image.get("provider").getAsString())
                        .startsWith(plugins.get(0).get("urn").getAsString()));
    }

    @Test
    @Order(2)
    void theExportedFingerprintIsTheStoredCertificates() {
        var tls = aws.list("SecretList", "secretsmanager", "list-secrets").stream()
                .filter(secret -> secret.get("Description").getAsString().contains("TLS certificate"))
                .findFirst()
                .orElseThrow();
        var value = aws.aws(
                        "secretsmanager",
                        "get-secret-value",
                        "--secret-id",
                        tls.get("ARN").getAsString())
                .get("SecretString")
                .getAsString();
        assertThat(SelfSignedCertificate.sha256(JsonParser.parseString(value)
                        .getAsJsonObject()
                        .get("certificate")
                        .getAsString()))
                .isEqualTo(output("tlsCertificateSha256"));
    }

    @Test
    @Order(2)
    void everyLogGroupIsEncryptedWithTheSandboxesKeyForAMonth() {
        var groups = aws.list("logGroups", "logs", "describe-log-groups");
        assertThat(groups)
                .extracting(group -> group.get("logGroupName").getAsString())
                .containsExactlyInAnyOrder(
                        "/computer-use-sandbox/local/containers",
                        "/computer-use-sandbox/local/flow-logs",
                        "/computer-use-sandbox/local/dns-queries",
                        "/aws/ecs/containerinsights/" + output("clusterName") + "/performance")
                .containsExactlyInAnyOrder(
                        output("logGroupName"),
                        output("flowLogGroupName"),
                        output("dnsQueryLogGroupName"),
                        output("containerInsightsLogGroupName"));
        assertThat(groups).allSatisfy(group -> {
            assertThat(group.get("kmsKeyId").getAsString()).isEqualTo(keyArn());
            assertThat(group.get("retentionInDays").getAsInt()).isEqualTo(30);
        });
    }

    private String keyArn() {
        var alias = aws.list("Aliases", "kms", "list-aliases").stream()
                .filter(a -> a.get("AliasName").getAsString().startsWith("alias/sandbox-"))
                .findFirst()
                .orElseThrow();
        return aws.aws(
                        "kms",
                        "describe-key",
                        "--key-id",
                        alias.get("TargetKeyId").getAsString())
                .getAsJsonObject("KeyMetadata")
                .get("Arn")
                .getAsString();
    }

    @Test
    @Order(2)
    void theKeyRotates() {
        assertThat(aws.aws("kms", "get-key-rotation-status", "--key-id", keyArn())
                        .get("KeyRotationEnabled")
                        .getAsBoolean())
                .isTrue();
    }

    @Test
    @Order(2)
    void dnsRulesAllowTheListsThenBlockTheRestAndFailClosed() {
        var group = output("dnsFirewallRuleGroupId");
        var rules =
                aws.list("FirewallRules", "route53resolver", "list-firewall-rules", "--firewall-rule-group-id", group);
        assertThat(rules)
                .extracting(rule -> rule.get("Action").getAsString())
                .containsExactly("ALLOW", "ALLOW", "BLOCK");
        assertThat(rules.get(2).get("BlockResponse").getAsString()).isEqualTo("NODATA");
        assertThat(domains(rules.get(2).get("FirewallDomainListId").getAsString()))
                .containsExactly("*.");
        assertThat(rules.get(1).get("FirewallDomainListId").getAsString()).isEqualTo(output("dnsFirewallDomainListId"));
        assertThat(domains(rules.get(0).get("FirewallDomainListId").getAsString()))
                .contains("environment.computer-use.local.", "logs.us-west-2.amazonaws.com.")
                .noneMatch(name -> name.startsWith("*"));
        assertThat(aws.aws("route53resolver", "get-firewall-config", "--resource-id", vpcId)
                        .getAsJsonObject("FirewallConfig")
                        .get("FirewallFailOpen")
                        .getAsString())
                .isEqualTo("DISABLED");
        assertThat(aws.list(
                        "FirewallRuleGroupAssociations",
                        "route53resolver",
                        "list-firewall-rule-group-associations",
                        "--vpc-id",
                        vpcId))
                .hasSize(1);
        assertThat(aws.list(
                        "ResolverQueryLogConfigAssociations",
                        "route53resolver",
                        "list-resolver-query-log-config-associations"))
                .extracting(association -> association.get("ResourceId").getAsString())
                .containsExactly(vpcId);
    }

    private List<String> domains(String listId) {
        return strings(aws.aws("route53resolver", "list-firewall-domains", "--firewall-domain-list-id", listId)
                .get("Domains"));
    }

    @Test
    @Order(2)
    void eachTaskStatesWhetherLogLinesMayBeLost() {
        assertThat(logMode("orchestrationServiceName")).isEqualTo("blocking");
        assertThat(logMode("environmentServiceName")).isEqualTo("non-blocking");
    }

    private String logMode(String serviceOutput) {
        return container(runningTaskDefinition(serviceOutput))
                .getAsJsonObject("logConfiguration")
                .getAsJsonObject("options")
                .get("mode")
                .getAsString();
    }

    @Test
    @Order(2)
    void theRepositoryIsEncryptedAndScannedAndAcceptsATagAgain() {
        var repositories = aws.list("repositories", "ecr", "describe-repositories");
        assertThat(repositories).hasSize(1);
        var repository = repositories.get(0);
        assertThat(repository.get("repositoryUri").getAsString()).isEqualTo(output("repositoryUrl"));
        assertThat(repository.get("imageTagMutability").getAsString()).isEqualTo("MUTABLE");
        assertThat(repository
                        .getAsJsonObject("imageScanningConfiguration")
                        .get("scanOnPush")
                        .getAsBoolean())
                .isTrue();
        assertThat(repository
                        .getAsJsonObject("encryptionConfiguration")
                        .get("encryptionType")
                        .getAsString())
                .isEqualTo("KMS");
        assertThat(repository
                        .getAsJsonObject("encryptionConfiguration")
                        .get("kmsKey")
                        .getAsString())
                .isEqualTo(keyArn());
        // The Docker provider does this when it builds the same files again: it pushes another digest under the same
        // tag.
        for (var digit : List.of("a", "b")) {
            aws.aws(
                    "ecr",
                    "put-image",
                    "--repository-name",
                    repository.get("repositoryName").getAsString(),
                    "--image-tag",
                    "environment-again",
                    "--image-manifest",
                    manifest(digit));
        }
    }

    /** An image manifest (OCI image specification, "Image Manifest") whose configuration has a made-up digest. */
    private static String manifest(String hexadecimalDigit) {
        var type = "application/vnd.docker.container.image.v1+json";
        return new Gson()
                .toJson(Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        "application/vnd.docker.distribution.manifest.v2+json",
                        "config",
                        Map.of("mediaType", type, "size", 2, "digest", "sha256:" + hexadecimalDigit.repeat(64)),
                        "layers",
                        List.of()));
    }

    @Test
    @Order(2)
    void theFrontDoorIsDualStackWithItsGroupAndTwoListeners() {
        var balancers = aws.list("LoadBalancers", "elbv2", "describe-load-balancers");
        assertThat(balancers).hasSize(1);
        var balancer = balancers.get(0);
        assertThat(strings(balancer.get("SecurityGroups"))).containsExactly(groupId("front-door"));
        assertThat(balancer.get("IpAddressType").getAsString()).isEqualTo("dualstack");
        assertThat(balancer.get("Type").getAsString()).isEqualTo("network");
        assertThat(aws.list(
                        "Listeners",
                        "elbv2",
                        "describe-listeners",
                        "--load-balancer-arn",
                        balancer.get("LoadBalancerArn").getAsString()))
                .extracting(listener -> listener.get("Port").getAsInt())
                .containsExactlyInAnyOrder(8501, 8443);
        assertThat(output("orchestrationUrl"))
                .isEqualTo("https://" + balancer.get("DNSName").getAsString() + ":8501/");
    }

    @Test
    @Order(2)
    void theReadmesLookUpsWorkAsPrinted() throws Exception {
        var readme = Files.readString(Path.of("README.md"));
        var section = readme.substring(readme.indexOf("### Look things up"), readme.indexOf("### Troubleshooting"));
        var commands = section.substring(
                        section.indexOf("```sh\n") + 6, section.indexOf("```", section.indexOf("```sh\n") + 6))
                .lines()
                .toList();
        assertThat(commands).hasSizeGreaterThan(8);
        // With --show-name some backends print ORGANISATION/NAME, which is part of no name in AWS.
        assertThat(readme).doesNotContain("--show-name");
        var region = readme.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("export AWS_REGION="))
                .findFirst()
                .orElseThrow();
        for (var command : commands) {
            var shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", region + "\n" + command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            shell.environment().putAll(project.environment());
            // The region comes from the stack, as for somebody whose shell sets none.
            shell.environment().keySet().removeAll(List.of("AWS_REGION", "AWS_DEFAULT_REGION"));
            shell.environment()
                    .put(
                            "PULUMI_HOME",
                            Path.of(".local", "pulumi-home").toAbsolutePath().toString());
            var process = shell.start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s\n%s", command, said).isZero();
            assertThat(said).as(command).isNotBlank();
        }
    }

    /** Otherwise the first tasks start before they can reach anything, and the circuit breaker rolls the deployment back. */
    @Test
    @Order(2)
    void noTaskStartsBeforeEveryRouteRuleAndGatewayOfTheNetworkExists() throws Exception {
        var resources = StateGraph.of(stack.exportStack());
        var network = resources.urnsOfTypes(Pattern.compile("aws:(ec2|vpc|route53)/.*"));
        assertThat(network).hasSizeGreaterThan(40);
        for (var type : List.of(
                "ec2/route:Route",
                "ec2/routeTableAssociation:RouteTableAssociation",
                "ec2/natGateway:NatGateway",
                "ec2/internetGateway:InternetGateway",
                "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
                "route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation")) {
            assertThat(network).as(type).anyMatch(urn -> urn.contains("aws:" + type));
        }
        var services = resources.urnsOfTypes(Pattern.compile("aws:ecs/service:Service"));
        assertThat(services).hasSize(2);
        for (var service : services) {
            assertThat(resources.whatHasToExistBefore(service)).as(service).containsAll(network);
        }
    }

    @Test
    @Order(3)
    void aSecondUpChangesNothing() throws Exception {
        assertThat(up().operations()).isEmpty();
        assertThat(stack.getOutputs().get("password").value())
                .isEqualTo(outputs.get("password").value());
        assertThat(stack.getOutputs().get("tlsCertificateSha256").value()).hasToString(output("tlsCertificateSha256"));
    }

    @Test
    @Order(4)
    void refreshFindsNoDrift() throws Exception {
        stack.refresh(RefreshOptions.builder().expectNoChanges(true).build());
        assertThat(up().operations()).isEmpty();
    }

    @Test
    @Order(5)
    void addingADomainChangesTheDomainListAndNothingElse() throws Exception {
        stack.setConfig("allowedDomains[0]", new ConfigValue("intranet.example.org"), true);
        assertThat(up().operations())
                .isEqualTo(Map.of(
                        "UPDATE",
                        Set.of("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList::allowed-domains")));
        assertThat(domains(output("dnsFirewallDomainListId"))).contains("intranet.example.org.");
    }

    @Test
    @Order(6)
    void changingTheDeployersAddressChangesTheIngressRulesAndNothingElse() throws Exception {
        stack.setConfig("deployerIp", new ConfigValue("198.51.100.0/24"));
        assertThat(up().operations())
                .isEqualTo(Map.of(
                        "UPDATE",
                        Set.of(
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-console-ipv4",
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-viewer-ipv4")));
        assertThat(sources()).containsExactlyInAnyOrder("198.51.100.0/24", "198.51.100.0/24");
    }

    @Test
    @Order(7)
    void changingToAnIpv6AddressCreatesNewRulesDeletesTheOldOnesAndReplacesNothing() throws Exception {
        stack.setConfig("deployerIp", new ConfigValue("2001:db8::1"));
        assertThat(up().operations())
                .isEqualTo(Map.of(
                        "CREATE",
                        Set.of(
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-console-ipv6",
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-viewer-ipv6"),
                        "DELETE",
                        Set.of(
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-console-ipv4",
                                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::deployer-to-viewer-ipv4")));
        assertThat(sources()).containsExactlyInAnyOrder("2001:db8::1/128", "2001:db8::1/128");
    }

    private List<String> sources() {
        return rules(false).stream()
                .filter(rule -> !rule.has("ReferencedGroupInfo"))
                .map(rule -> rule.has("CidrIpv4")
                        ? rule.get("CidrIpv4").getAsString()
                        : rule.get("CidrIpv6").getAsString())
                .toList();
    }

    @Test
    @Order(8)
    void withoutAnAddressNobodyCanConnectAndAWarningSaysSo() throws Exception {
        stack.removeConfig("deployerIp");
        var changes = up();
        assertThat(changes.diagnostics()).contains("warning").contains("deployerIp is not set, so nobody can connect");
        assertThat(sources()).containsExactlyInAnyOrder("255.255.255.255/32", "255.255.255.255/32");
        assertThat(stack.getOutputs().get("ingressMode").value()).isEqualTo("blocked");
        assertThat(stack.getOutputs().get("ingressCidr").value()).isEqualTo("255.255.255.255/32");
    }

    @Test
    @Order(9)
    void aNewImageUpdatesTheTaskDefinitionAndTheService() throws Exception {
        var before = container(runningTaskDefinition("orchestrationServiceName"))
                .get("image")
                .getAsString();
        var dockerfile = folder.resolve("images/orchestration/Dockerfile");
        Files.writeString(dockerfile, Files.readString(dockerfile) + "\n# another build\n");
        var changes = up();
        assertThat(changes.operations().get("UPDATE"))
                .containsExactlyInAnyOrder(
                        "aws:ecs/service:Service::orchestration", "docker:index/image:Image::orchestration");
        assertThat(changes.operations().get("REPLACE"))
                .containsExactly("aws:ecs/taskDefinition:TaskDefinition::orchestration");
        assertThat(container(runningTaskDefinition("orchestrationServiceName"))
                        .get("image")
                        .getAsString())
                .isNotEqualTo(before);
    }

    @Test
    @Order(10)
    void aChangedPasswordReplacesBothTasksAndNothingElse() throws Exception {
        stack.setConfig("loginPassword", new ConfigValue("correct-horse-battery-staple", true));
        assertReplacedAndUpdated(
                up(),
                Set.of(
                        "aws:ecs/taskDefinition:TaskDefinition::environment",
                        "aws:ecs/taskDefinition:TaskDefinition::orchestration",
                        "aws:secretsmanager/secretVersion:SecretVersion::login"),
                Set.of("aws:ecs/service:Service::environment", "aws:ecs/service:Service::orchestration"));
        for (var service : List.of("environmentServiceName", "orchestrationServiceName")) {
            assertThat(secret(service, "LOGIN_PASSWORD")).contains("correct-horse-battery-staple");
        }
        assertThat(up().operations()).isEmpty();
    }

    @Test
    @Order(10)
    void aChangedApiKeyReplacesTheConsolesTaskAndNothingElse() throws Exception {
        stack.setConfig("anthropicApiKey", new ConfigValue("sk-ant-first", true));
        up();
        assertThat(secret("orchestrationServiceName", "ANTHROPIC_API_KEY")).isEqualTo("sk-ant-first");
        stack.setConfig("anthropicApiKey", new ConfigValue("sk-ant-second", true));
        assertReplacedAndUpdated(
                up(),
                Set.of(
                        "aws:ecs/taskDefinition:TaskDefinition::orchestration",
                        "aws:secretsmanager/secretVersion:SecretVersion::anthropic-api-key"),
                Set.of("aws:ecs/service:Service::orchestration"));
        assertThat(secret("orchestrationServiceName", "ANTHROPIC_API_KEY")).isEqualTo("sk-ant-second");
    }

    /** The engine reports a replacement as three operations: the replacement itself, the creation and the deletion. */
    private static void assertReplacedAndUpdated(Changes changes, Set<String> replaced, Set<String> updated) {
        assertThat(changes.operations())
                .isEqualTo(Map.of(
                        "REPLACE", replaced,
                        "CREATE_REPLACEMENT", replaced,
                        "DELETE_REPLACED", replaced,
                        "UPDATE", updated));
    }

    /** What ECS would read for a variable: the secret's value in the version that the running task definition names. */
    private String secret(String serviceOutput, String variable) {
        var reference = objects(container(runningTaskDefinition(serviceOutput)).get("secrets")).stream()
                .filter(secret -> secret.get("name").getAsString().equals(variable))
                .map(secret -> secret.get("valueFrom").getAsString())
                .findFirst()
                .orElseThrow();
        var parts = List.of(reference.split(":"));
        return aws.aws(
                        "secretsmanager",
                        "get-secret-value",
                        "--secret-id",
                        String.join(":", parts.subList(0, 7)),
                        "--version-id",
                        parts.get(9))
                .get("SecretString")
                .getAsString();
    }

    @Test
    @Order(11)
    void destroyLeavesNothing() throws Exception {
        registerAnAddress();
        stack.destroy(DestroyOptions.builder().build());
        var left = new JsonArray();
        for (var query : List.of(
                List.of("Vpcs", "ec2", "describe-vpcs", "--filters", "Name=vpc-id,Values=" + vpcId),
                List.of("Subnets", "ec2", "describe-subnets", "--filters", "Name=vpc-id,Values=" + vpcId),
                List.of(
                        "SecurityGroups",
                        "ec2",
                        "describe-security-groups",
                        "--filters",
                        "Name=vpc-id,Values=" + vpcId),
                List.of("Addresses", "ec2", "describe-addresses"),
                List.of("FlowLogs", "ec2", "describe-flow-logs"),
                List.of(
                        "NatGateways",
                        "ec2",
                        "describe-nat-gateways",
                        "--filter",
                        "Name=state,Values=pending,available"),
                List.of(
                        "InternetGateways",
                        "ec2",
                        "describe-internet-gateways",
                        "--filters",
                        "Name=attachment.vpc-id,Values=" + vpcId),
                List.of("LoadBalancers", "elbv2", "describe-load-balancers"),
                List.of("TargetGroups", "elbv2", "describe-target-groups"),
                List.of("logGroups", "logs", "describe-log-groups"),
                List.of(
                        "Aliases",
                        "kms",
                        "list-aliases",
                        "--query",
                        "{Aliases: Aliases[?!starts_with(AliasName, 'alias/aws/')]}"),
                List.of("SecretList", "secretsmanager", "list-secrets", "--include-planned-deletion"),
                List.of("repositories", "ecr", "describe-repositories"),
                List.of(
                        "clusters",
                        "ecs",
                        "describe-clusters",
                        "--clusters",
                        output("clusterName"),
                        "--query",
                        "{clusters: clusters[?status=='ACTIVE']}"),
                List.of("Namespaces", "servicediscovery", "list-namespaces"),
                List.of("Services", "servicediscovery", "list-services"),
                List.of("HostedZones", "route53", "list-hosted-zones"),
                List.of("FirewallRuleGroups", "route53resolver", "list-firewall-rule-groups"),
                List.of("FirewallRuleGroupAssociations", "route53resolver", "list-firewall-rule-group-associations"),
                List.of("FirewallDomainLists", "route53resolver", "list-firewall-domain-lists"),
                List.of("ResolverQueryLogConfigs", "route53resolver", "list-resolver-query-log-configs"),
                List.of("Roles", "iam", "list-roles", "--query", "{Roles: Roles[?!starts_with(Path, '/aws-')]}"))) {
            aws.list(query.get(0), query.subList(1, query.size()).toArray(String[]::new))
                    .forEach(left::add);
        }
        assertThat(left.toString()).isEqualTo("[]");
        var keys = aws.list("Keys", "kms", "list-keys");
        assertThat(keys).allSatisfy(key -> assertThat(aws.aws(
                                "kms",
                                "describe-key",
                                "--key-id",
                                key.get("KeyId").getAsString())
                        .getAsJsonObject("KeyMetadata")
                        .get("KeyState")
                        .getAsString())
                .isEqualTo("PendingDeletion"));
        assertThat(stack.exportStack().deployment()).doesNotContainKey("resources");
    }

    /** Leaves an address in the private zone, as a task does that is killed before ECS deregisters it. */
    private void registerAnAddress() {
        var service = aws.list("Services", "servicediscovery", "list-services").get(0);
        aws.aws(
                "servicediscovery",
                "register-instance",
                "--service-id",
                service.get("Id").getAsString(),
                "--instance-id",
                "killed",
                "--attributes",
                "AWS_INSTANCE_IPV4=10.42.0.9");
    }

    @Test
    @Order(12)
    void theStackCanBeDeployedAgainEvenIfContainerInsightsCreatedItsLogGroupAfterTheDestroy() throws Exception {
        var orphan = output("containerInsightsLogGroupName");
        aws.aws("logs", "create-log-group", "--log-group-name", orphan);
        up();
        var again =
                stack.getOutputs().get("containerInsightsLogGroupName").value().toString();
        assertThat(again).isNotEqualTo(orphan).startsWith("/aws/ecs/containerinsights/computer-use-sandbox-local-");
        stack.destroy(DestroyOptions.builder().build());
        assertThat(aws.list("logGroups", "logs", "describe-log-groups"))
                .extracting(group -> group.get("logGroupName").getAsString())
                .containsExactly(orphan);
    }
}
