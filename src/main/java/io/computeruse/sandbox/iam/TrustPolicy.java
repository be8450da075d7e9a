package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who may assume a role: one AWS service, and only on behalf of this account's own resources. Without that condition somebody
 * else's account could make the service use the role for them (AWS calls this the confused deputy problem).
 */
final class TrustPolicy {
    private TrustPolicy() {}

    static String ecsTasks(AwsLocation aws) {
        return of(aws, ServicePrincipal.ECS_TASKS, "ecs", "*");
    }

    static String flowLogs(AwsLocation aws) {
        return of(aws, ServicePrincipal.FLOW_LOGS, "ec2", "vpc-flow-log/*");
    }

    private static String of(AwsLocation aws, ServicePrincipal principal, String service, String resource) {
        var source = "arn:%s:%s:%s:%s:%s".formatted(aws.partition(), service, aws.region(), aws.accountId(), resource);
        var conditions = new LinkedHashMap<String, Map<String, Object>>();
        conditions.put("StringEquals", Map.of("aws:SourceAccount", aws.accountId()));
        conditions.put("ArnLike", Map.of("aws:SourceArn", source));
        return PolicyDocument.of(
                Statement.allow("Assume", "sts:AssumeRole").when(conditions).by(principal, aws));
    }
}
