package io.computeruse.sandbox.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.computeruse.sandbox.config.AwsLocation;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class KeyPolicyTest {
    private static final AwsLocation AWS = new AwsLocation("aws", "us-west-2", "123456789012");

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
    void theKeyServesLogsOnlyInOperationsThatNameTheirLogGroup() {
        var logs = statements(KeyPolicy.of(AWS, List.of("/sandbox/*"))).get(1);
        assertThat(strings(logs, "Action")).doesNotContain("kms:DescribeKey");
    }

    @Test
    void theKeyServesTheNamedLogGroupsAndItsAccountAndNobodyElse() {
        var statements = statements(KeyPolicy.of(AWS, List.of("/sandbox/*")));
        assertThat(statements).hasSize(2);
        assertThat(statements.get(0).getAsJsonObject("Principal").get("AWS").getAsString())
                .isEqualTo("arn:aws:iam::123456789012:root");
        assertThat(statements.get(1).getAsJsonObject("Principal").get("Service").getAsString())
                .isEqualTo("logs.us-west-2.amazonaws.com");
        assertThat(statements.get(1).getAsJsonObject("Condition").toString())
                .contains("arn:aws:logs:us-west-2:123456789012:log-group:/sandbox/*");
    }
}
