package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may take a role on: one AWS service, and only on behalf of this account's own resources (no confused deputy). */
final class TrustPolicy {
    private TrustPolicy() {}

    static String ecsTasks(AwsLocation aws) {
        return of(aws, ServicePrincipal.ECS_TASKS, "ecs", "*");
    }

    static String flowLogs(AwsLocation aws) {
        return of(aws, ServicePrincipal.FLOW_LOGS, "ec2", "vpc-flow-log/*");
    }

    private static String of(AwsLocation aws, ServicePrincipal principal, String service, String resource) {
        var condition = new LinkedHashMap<String, Object>();
        condition.put("StringEquals", Map.of("aws:SourceAccount", aws.accountId()));
        condition.put(
                "ArnLike",
                Map.of(
                        "aws:SourceArn",
                        "arn:%s:%s:%s:%s:%s"
                                .formatted(aws.partition(), service, aws.region(), aws.accountId(), resource)));
        return PolicyDocument.of(List.of(PolicyDocument.trust(principal, aws, condition)));
    }
}
