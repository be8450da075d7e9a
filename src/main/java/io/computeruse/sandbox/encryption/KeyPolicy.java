package io.computeruse.sandbox.encryption;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.iam.PolicyDocument;
import io.computeruse.sandbox.iam.ServicePrincipal;
import io.computeruse.sandbox.iam.Statement;
import java.util.List;
import java.util.Map;

/** The policy of the sandbox's key. */
final class KeyPolicy {
    private KeyPolicy() {}

    /**
     * The account may administer the key and, through IAM, let its own roles use it; without this the key could lock everybody
     * out. CloudWatch Logs may use it for the named log groups, in operations that carry a log group as their encryption context.
     * {@code kms:DescribeKey} carries none, so it is not allowed. ECR and Secrets Manager use the key with their caller's rights
     * and need no statement.
     *
     * @param logGroupPatterns names of log groups, with {@code *} as wildcard
     */
    static String of(AwsLocation aws, List<String> logGroupPatterns) {
        var groups = logGroupPatterns.stream()
                .map(name -> "arn:%s:logs:%s:%s:log-group:%s"
                        .formatted(aws.partition(), aws.region(), aws.accountId(), name))
                .toList();
        return PolicyDocument.of(
                Statement.allow("Account", "kms:*").on("*").byAccount(aws),
                Statement.allow(
                                "CloudWatchLogs",
                                "kms:Encrypt",
                                "kms:Decrypt",
                                "kms:ReEncrypt*",
                                "kms:GenerateDataKey*")
                        .on("*")
                        .when(Map.of("ArnLike", Map.of("kms:EncryptionContext:aws:logs:arn", groups)))
                        .by(ServicePrincipal.LOGS, aws));
    }
}
