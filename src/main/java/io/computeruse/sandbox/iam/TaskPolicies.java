package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.BedrockModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the roles may do, as policy documents. */
public final class TaskPolicies {
    private TaskPolicies() {}

    /**
     * ECS starting a task: pull from this repository, write to this log group, read these secrets, and nothing else.
     *
     * @param logGroupArn without {@code :*}
     */
    public static String execution(
            AwsLocation aws, String repositoryArn, String logGroupArn, List<String> secretArns, String keyArn) {
        return PolicyDocument.of(List.of(
                // The one action here that AWS offers no scope for: the token it gives opens only what the next
                // statement allows.
                PolicyDocument.allow("RegistryLogin", List.of("ecr:GetAuthorizationToken"), List.of("*"), Map.of()),
                PolicyDocument.allow(
                        "PullImage",
                        List.of("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                        List.of(repositoryArn),
                        Map.of()),
                PolicyDocument.allow(
                        "WriteLogs",
                        List.of("logs:CreateLogStream", "logs:PutLogEvents"),
                        List.of(logGroupArn + ":*"),
                        Map.of()),
                PolicyDocument.allow(
                        "ReadSecrets", List.of("secretsmanager:GetSecretValue"), List.copyOf(secretArns), Map.of()),
                PolicyDocument.allow(
                        "DecryptSecrets",
                        List.of("kms:Decrypt"),
                        List.of(keyArn),
                        Map.of("StringEquals", Map.of("kms:ViaService", aws.serviceHost("secretsmanager"))))));
    }

    /**
     * The agent: invoke the configured models, and nothing else.
     *
     * @param models at least one
     */
    public static String invokeModels(AwsLocation aws, List<BedrockModel> models) {
        var actions = List.of("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream");
        var direct = new ArrayList<String>();
        var statements = new ArrayList<Map<String, Object>>();
        for (var model : models) {
            var profile = model.profileArn(aws);
            if (profile.isEmpty()) {
                direct.addAll(model.foundationModelArns(aws));
                continue;
            }
            direct.add(profile.get());
            statements.add(PolicyDocument.allow(
                    "ThroughProfile" + statements.size(),
                    actions,
                    model.foundationModelArns(aws),
                    Map.of("StringEquals", Map.of("bedrock:InferenceProfileArn", profile.get()))));
        }
        statements.add(0, PolicyDocument.allow("InvokeModels", actions, direct, Map.of()));
        // Bedrock also asks for the right on the project that a call is accounted to, the account's default one where
        // the
        // call names none (API reference, InvokeModel). No inference profile has to do with it, so no condition.
        var project = "arn:%s:bedrock:%s:%s:project/default".formatted(aws.partition(), aws.region(), aws.accountId());
        statements.add(PolicyDocument.allow("DefaultProject", actions, List.of(project), Map.of()));
        return PolicyDocument.of(statements);
    }

    /** Flow logs: write to this log group. */
    public static String writeFlowLogs(String logGroupArn) {
        return PolicyDocument.of(List.of(
                PolicyDocument.allow(
                        "WriteFlowLogs",
                        List.of("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
                        List.of(logGroupArn, logGroupArn + ":*"),
                        Map.of()),
                // AWS authorizes this action on no particular log group.
                PolicyDocument.allow("FindLogGroup", List.of("logs:DescribeLogGroups"), List.of("*"), Map.of())));
    }
}
