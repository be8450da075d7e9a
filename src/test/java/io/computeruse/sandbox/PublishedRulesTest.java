package io.computeruse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.pulumi.test.Mocks.ResourceArgs;
import io.computeruse.sandbox.config.StackName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * AWS accepts every name, description and tag that the program registers. The rules are those of the services' APIs (botocore's
 * models and their prose). A resource for which this test has no rule fails too.
 */
class PublishedRulesTest {
    /** What Pulumi appends to a resource's logical name if the program gives it no name: a hyphen and seven characters. */
    private static final String AUTOMATIC = "-0123456";

    /** What the provider appends to a prefix: 26 digits. */
    private static final String APPENDED_TO_PREFIX = "0".repeat(26);

    /** Registered under the longest possible stack name, which gives the longest names. */
    private static final List<ResourceArgs> RESOURCES =
            RegisteredResources.of("x".repeat(StackName.LONGEST), "us-west-2").resources();

    /** @param property of the resource, whose value has to match */
    private record Rule(String type, String property, Pattern pattern) {}

    private static Rule rule(String type, String property, String pattern) {
        return new Rule(type, property, Pattern.compile(pattern, Pattern.DOTALL));
    }

    private static final String EC2_GROUP = "[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]{0,255}";
    private static final String EC2_PAIR = "[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=;{}!$*]{0,255}";

    private static final List<Rule> DESCRIPTIONS = List.of(
            rule("aws:ec2/securityGroup:SecurityGroup", "description", EC2_GROUP),
            rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "description", EC2_PAIR),
            rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "description", EC2_PAIR),
            rule("aws:iam/role:Role", "description", "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]{0,1000}"),
            rule("aws:kms/key:Key", "description", ".{0,8192}"),
            rule("aws:secretsmanager/secret:Secret", "description", ".{0,2048}"),
            rule("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", "description", ".{0,1024}"));

    /** For names that Pulumi generates from the logical name, and for those that the program gives. */
    private static final List<Rule> NAMES = List.of(
            rule("aws:ec2/securityGroup:SecurityGroup", "name", "(?!sg-)" + EC2_GROUP),
            rule("aws:lb/loadBalancer:LoadBalancer", "name", "(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)"),
            rule("aws:lb/targetGroup:TargetGroup", "name", "(?!-)[A-Za-z0-9-]{1,32}(?<!-)"),
            rule("aws:iam/role:Role", "name", "[\\w+=,.@-]{1,64}"),
            rule("aws:iam/role:Role", "path", "/[\\u0021-\\u007E]{0,510}/"),
            rule("aws:iam/rolePolicy:RolePolicy", "name", "[\\w+=,.@-]{1,128}"),
            rule("aws:ecs/cluster:Cluster", "name", "[A-Za-z0-9_-]{1,255}"),
            rule("aws:ecs/service:Service", "name", "[A-Za-z0-9_-]{1,255}"),
            rule("aws:ecs/taskDefinition:TaskDefinition", "family", "[A-Za-z0-9_-]{1,255}"),
            rule("aws:cloudwatch/logGroup:LogGroup", "name", "[.\\-_/#A-Za-z0-9]{1,512}"),
            rule(
                    "aws:ecr/repository:Repository",
                    "name",
                    "(?=.{2,256}$)[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*"),
            rule("aws:kms/alias:Alias", "name", "alias/(?!aws/)[a-zA-Z0-9:/_-]{1,250}"),
            rule("aws:secretsmanager/secret:Secret", "name", "[A-Za-z0-9/_+=.@-]{1,512}"),
            rule("aws:servicediscovery/service:Service", "name", "[a-zA-Z0-9_][a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_]"),
            rule(
                    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
                    "name",
                    "(?!arn:)(?=.{1,253}$)([a-z0-9-]+\\.)*[a-z0-9-]+"),
            rule(
                    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
                    "name",
                    "[a-zA-Z0-9\\-_' ]{1,64}"),
            rule("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup", "name", "[a-zA-Z0-9\\-_' ]{1,64}"),
            rule("aws:route53/resolverFirewallRule:ResolverFirewallRule", "name", "[a-zA-Z0-9\\-_' ]{1,64}"),
            rule(
                    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
                    "name",
                    "[a-zA-Z0-9\\-_' ]{1,64}"),
            rule("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig", "name", "[a-zA-Z0-9\\-_' ]{1,64}"));

    /** The strictest of the services' rules for tags: Elastic Load Balancing's characters, EC2's length of a key. */
    private static final Pattern TAG_KEY = Pattern.compile("(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,127}");

    private static final Pattern TAG_VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");

    private static String described(ResourceArgs resource) {
        return resource.type + " " + resource.name;
    }

    private static boolean isOfAws(ResourceArgs resource) {
        return resource.type.startsWith("aws:");
    }

    private static Optional<Rule> rule(List<Rule> rules, ResourceArgs resource) {
        return rules.stream().filter(r -> r.type().equals(resource.type)).findFirst();
    }

    @Test
    void everyDescriptionIsAcceptedByItsService() {
        var described = RESOURCES.stream()
                .filter(PublishedRulesTest::isOfAws)
                .filter(resource -> resource.inputs.containsKey("description"))
                .toList();
        assertThat(described).hasSizeGreaterThan(20).allSatisfy(resource -> {
            assertThat(rule(DESCRIPTIONS, resource)).as(described(resource)).isPresent();
            assertThat((String) resource.inputs.get("description"))
                    .as(described(resource))
                    .matches(rule(DESCRIPTIONS, resource).get().pattern());
        });
    }

    @Test
    void everyNameIsAcceptedByItsService() {
        for (var rule : NAMES) {
            var named =
                    RESOURCES.stream().filter(r -> r.type.equals(rule.type())).toList();
            assertThat(named).as(rule.type()).isNotEmpty().allSatisfy(resource -> assertThat(name(resource, rule))
                    .as(described(resource))
                    .matches(rule.pattern()));
        }
    }

    private static String name(ResourceArgs resource, Rule rule) {
        if (resource.inputs.containsKey(rule.property())) {
            return resource.inputs.get(rule.property()).toString();
        }
        if (resource.inputs.containsKey("namePrefix")) {
            return resource.inputs.get("namePrefix") + APPENDED_TO_PREFIX;
        }
        return (rule.type().equals("aws:kms/alias:Alias") ? "alias/" : "") + resource.name + AUTOMATIC;
    }

    @Test
    void everyNameThatTheProgramGivesIsTested() {
        assertThat(RESOURCES.stream()
                        .filter(PublishedRulesTest::isOfAws)
                        .filter(r -> r.inputs.containsKey("name") || r.inputs.containsKey("namePrefix")))
                .isNotEmpty()
                .allSatisfy(resource -> assertThat(rule(NAMES, resource))
                        .as(described(resource))
                        .isPresent());
    }

    @Test
    void everyTagIsAcceptedByEveryService() {
        var tagged =
                RESOURCES.stream().filter(r -> r.inputs.get("tags") != null).toList();
        assertThat(tagged).hasSizeGreaterThan(10).allSatisfy(resource -> ((Map<?, ?>) resource.inputs.get("tags"))
                .forEach((key, value) -> {
                    assertThat(key.toString()).as(described(resource)).matches(TAG_KEY);
                    assertThat(value.toString()).as(described(resource)).matches(TAG_VALUE);
                }));
    }

    /** Route 53 Resolver API, {@code AssociateFirewallRuleGroup}. */
    @Test
    void everyDnsFirewallPriorityIsWithinAwsBoundsAndNoTwoRulesShareOne() {
        var rules = RESOURCES.stream()
                .filter(r -> r.type.contains("/resolverFirewallRule:"))
                .map(r -> ((Number) r.inputs.get("priority")).intValue())
                .toList();
        assertThat(rules).hasSize(3).doesNotHaveDuplicates().allMatch(p -> p >= 100 && p <= 9900);
        assertThat(RESOURCES.stream()
                        .filter(r -> r.type.contains("RuleGroupAssociation"))
                        .map(r -> ((Number) r.inputs.get("priority")).intValue()))
                .hasSize(1)
                .allMatch(p -> p >= 100 && p <= 9900);
    }

    @Test
    void aStackOrAModelThatAwsWouldRefuseRegistersNothing() {
        var wrongName = RegisteredResources.refusal("my.dev", "us-west-2");
        assertThat(wrongName.exceptions().toString()).contains("stack name: \"my.dev\"");
        assertThat(wrongName.resources()).noneMatch(PublishedRulesTest::isOfAws);
        var wrongRegion = RegisteredResources.refusal("dev", "eu-central-1");
        assertThat(wrongRegion.exceptions().toString()).contains("does not offer in eu-central-1");
        assertThat(wrongRegion.resources()).noneMatch(PublishedRulesTest::isOfAws);
    }
}
