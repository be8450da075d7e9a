package io.computeruse.sandbox.encryption;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.iam.PolicyDocument;
import io.computeruse.sandbox.iam.ServicePrincipal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The policy of the sandbox's key. */
final class KeyPolicy {
    private KeyPolicy() {}

    /**
     * The account may administer the key and give it to its own roles by IAM (without this the key could lock everybody out), and
     * CloudWatch Logs may use it for the named groups: for operations that carry a log group as their encryption context, so not
     * {@code kms:DescribeKey}, whose requests carry none. ECR and Secrets Manager act with the caller's rights and need no statement.
     *
     * @param logGroupPatterns names of log groups, with {@code *} as wildcard
     */
    static String of(AwsLocation aws, List<String> logGroupPatterns) {
        var account = PolicyDocument.allow("Account", List.of("kms:*"), List.of("*"), Map.of());
        account.put("Principal", Map.of("AWS", "arn:%s:iam::%s:root".formatted(aws.partition(), aws.accountId())));
        var groups = logGroupPatterns.stream()
                .map(name -> "arn:%s:logs:%s:%s:log-group:%s"
                        .formatted(aws.partition(), aws.region(), aws.accountId(), name))
                .toList();
        var condition = new LinkedHashMap<String, Object>();
        condition.put("ArnLike", Map.of("kms:EncryptionContext:aws:logs:arn", groups));
        var logs = PolicyDocument.allow(
                "CloudWatchLogs",
                List.of("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"),
                List.of("*"),
                condition);
        logs.put("Principal", Map.of("Service", ServicePrincipal.LOGS.in(aws)));
        return PolicyDocument.of(List.of(account, logs));
    }
}
