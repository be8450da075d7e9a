package io.computeruse.sandbox.iam;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.BedrockModel;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class TaskPoliciesTest {
    private static final AwsLocation AWS = new AwsLocation("aws", "us-west-2", "123456789012");
    private static final String REPOSITORY = "arn:aws:ecr:us-west-2:123456789012:repository/r";
    private static final String LOG_GROUP = "arn:aws:logs:us-west-2:123456789012:log-group:g";
    private static final String SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:s-AbCdEf";
    private static final String KEY = "arn:aws:kms:us-west-2:123456789012:key/k";

    private static List<JsonObject> statements(String policy) {
        return StreamSupport.stream(
                        JsonParser.parseString(policy)
                                .getAsJsonObject()
                                .getAsJsonArray("Statement")
                                .spliterator(),
                        false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static List<String> strings(JsonObject statement, String member) {
        return StreamSupport.stream(statement.getAsJsonArray(member).spliterator(), false)
                .map(JsonElement::getAsString)
                .toList();
    }

    @Test
    void theExecutionRoleNamesItsResourcesWhereverAwsAllowsIt() {
        for (var statement : statements(TaskPolicies.execution(AWS, REPOSITORY, LOG_GROUP, List.of(SECRET), KEY))) {
            assertThat(strings(statement, "Action")).noneMatch(action -> action.contains("*"));
            if (!strings(statement, "Action").equals(List.of("ecr:GetAuthorizationToken"))) {
                assertThat(strings(statement, "Resource")).doesNotContain("*");
            }
        }
    }

    @Test
    void theExecutionRoleDecryptsForSecretsManagerOnly() {
        var decrypt = statements(TaskPolicies.execution(AWS, REPOSITORY, LOG_GROUP, List.of(SECRET), KEY)).stream()
                .filter(s -> strings(s, "Action").contains("kms:Decrypt"))
                .findFirst()
                .orElseThrow();
        assertThat(strings(decrypt, "Resource")).containsExactly(KEY);
        assertThat(decrypt.getAsJsonObject("Condition").toString()).contains("secretsmanager.us-west-2.amazonaws.com");
    }

    @Test
    void theAgentInvokesTheConfiguredModelsAndNothingElse() {
        var models = List.of(
                new BedrockModel("us.anthropic.claude-sonnet-5-5"), new BedrockModel("anthropic.claude-opus-5-5"));
        var statements = statements(TaskPolicies.invokeModels(AWS, models));
        assertThat(statements).allSatisfy(s -> {
            assertThat(strings(s, "Action"))
                    .containsExactly("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream");
            assertThat(strings(s, "Resource")).noneMatch(r -> r.endsWith("*") || r.equals("*"));
        });
        assertThat(strings(statements.get(0), "Resource"))
                .containsExactly(
                        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-5-5",
                        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5");
        assertThat(statements.get(1).getAsJsonObject("Condition").toString())
                .contains("inference-profile/us.anthropic.claude-sonnet-5-5");
        assertThat(statements).hasSize(3);
    }

    /** Amazon Bedrock API reference, {@code InvokeModel}: the caller needs the right on the model and on the project. */
    @Test
    void theAgentMayInvokeInTheAccountsDefaultProjectInEveryPartition() {
        var models = List.of(new BedrockModel("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0"));
        var gov = new AwsLocation("aws-us-gov", "us-gov-west-1", "123456789012");
        var project = statements(TaskPolicies.invokeModels(gov, models)).stream()
                .filter(s -> s.get("Sid").getAsString().equals("DefaultProject"))
                .findFirst()
                .orElseThrow();
        assertThat(strings(project, "Resource"))
                .containsExactly("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:project/default");
        assertThat(project.has("Condition")).isFalse();
    }

    @Test
    void flowLogsListLogGroupsInASeparateStatementBecauseThatActionAcceptsNoResource() {
        var statements = statements(TaskPolicies.writeFlowLogs(LOG_GROUP));
        assertThat(statements).hasSize(2);
        assertThat(strings(statements.get(0), "Action")).doesNotContain("logs:DescribeLogGroups");
        assertThat(strings(statements.get(0), "Resource")).containsExactly(LOG_GROUP, LOG_GROUP + ":*");
        assertThat(strings(statements.get(1), "Action")).containsExactly("logs:DescribeLogGroups");
        assertThat(strings(statements.get(1), "Resource")).containsExactly("*");
    }

    @Test
    void eachRoleIsAssumedByOneServiceAndForThisAccountOnly() {
        for (var policy : List.of(TrustPolicy.ecsTasks(AWS), TrustPolicy.flowLogs(AWS))) {
            var statement = statements(policy).get(0);
            assertThat(statements(policy)).hasSize(1);
            assertThat(statement.has("Resource")).isFalse();
            assertThat(statement.getAsJsonObject("Principal").get("Service").getAsString())
                    .endsWith(".amazonaws.com");
            assertThat(statement.getAsJsonObject("Condition").toString())
                    .contains("\"aws:SourceAccount\":\"123456789012\"")
                    .contains("\"aws:SourceArn\":\"arn:aws:");
        }
    }
}
