package io.computeruse.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.DomainName;
import io.computeruse.sandbox.config.ModelProvider;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskNamesTest {
    private static List<String> names(String partition, String region, String registry, Set<ModelProvider> providers) {
        return TaskNames.of(
                        new AwsLocation(partition, region, "123456789012"),
                        registry,
                        List.of("environment.computer-use.local"),
                        providers)
                .stream()
                .map(DomainName::name)
                .toList();
    }

    @Test
    void inChinaEveryAwsNameHasTheSuffixOfThePartition() {
        assertThat(names("aws-cn", "cn-north-1", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Set.of()))
                .containsExactly(
                        "environment.computer-use.local",
                        "api.ecr.cn-north-1.amazonaws.com.cn",
                        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
                        "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn",
                        "logs.cn-north-1.amazonaws.com.cn",
                        "secretsmanager.cn-north-1.amazonaws.com.cn");
    }

    @Test
    void inTheEuropeanSovereignCloudEveryAwsNameHasTheSuffixOfThePartition() {
        assertThat(names("aws-eusc", "eusc-de-east-1", "r.example", Set.of(ModelProvider.BEDROCK)))
                .contains("bedrock-runtime.eusc-de-east-1.amazonaws.eu", "logs.eusc-de-east-1.amazonaws.eu");
    }
}
