package io.computeruse.sandbox.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.computeruse.sandbox.config.AwsLocation;
import org.junit.jupiter.api.Test;

class ServicePrincipalTest {
    private static final AwsLocation CHINA = new AwsLocation("aws-cn", "cn-north-1", "123456789012");

    /** The names are those of aws-cdk's table {@code region-info/lib/default.ts}. */
    @Test
    void onlyCloudWatchLogsHasADifferentNameInChina() {
        assertThat(ServicePrincipal.LOGS.in(CHINA)).isEqualTo("logs.cn-north-1.amazonaws.com.cn");
        assertThat(ServicePrincipal.ECS_TASKS.in(CHINA)).isEqualTo("ecs-tasks.amazonaws.com");
        assertThat(ServicePrincipal.FLOW_LOGS.in(CHINA)).isEqualTo("vpc-flow-logs.amazonaws.com");
    }
}
