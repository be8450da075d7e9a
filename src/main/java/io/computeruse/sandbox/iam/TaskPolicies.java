package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.BedrockModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The inline policies of the sandbox's roles. */
public final class TaskPolicies {
    private TaskPolicies() {}

    /**
     * What ECS may do to start a task: pull from this repository, write to this log group, read these secrets, and nothing else.
     *
     * @param logGroupArn without {@code :*}
     */
    public static String execution(
            AwsLocation aws, String repositoryArn, String logGroupArn, List<String> secretArns, String keyArn) {
        var throughSecretsManager = Map.<String, Object>of("kms:ViaService", aws.serviceHost("secretsmanager"));
        return PolicyDocument.of(
                // AWS offers no narrower resource for this action. The token that it returns only opens what the next
                // statement allows.
                Statement.allow("RegistryLogin", "ecr:GetAuthorizationToken").on("*"),
                Statement.allow(
                                "PullImage",
                                "ecr:BatchCheckLayerAvailability",
                                "ecr:BatchGetImage",
                                "ecr:GetDownloadUrlForLayer")
                        .on(repositoryArn),
                Statement.allow("WriteLogs", "logs:CreateLogStream", "logs:PutLogEvents")
                        .on(logGroupArn + ":*"),
                Statement.allow("ReadSecrets", "secretsmanager:GetSecretValue").on(secretArns),
                Statement.allow("DecryptSecrets", "kms:Decrypt")
                        .on(keyArn)
                        .when(Map.of("StringEquals", throughSecretsManager)));
    }

    /**
     * What the agent may do: invoke the configured models, and nothing else.
     *
     * @param models at least one
     */
    public static String invokeModels(AwsLocation aws, List<BedrockModel> models) {
        var invocable = new ArrayList<String>();
        var throughProfiles = new ArrayList<Statement>();
        for (var model : models) {
            var profile = model.profileArn(aws);
            if (profile.isEmpty()) {
                invocable.addAll(model.foundationModelArns(aws));
                continue;
            }
            invocable.add(profile.get());
            throughProfiles.add(invoke("ThroughProfile" + throughProfiles.size())
                    .on(model.foundationModelArns(aws))
                    .when(Map.of("StringEquals", Map.of("bedrock:InferenceProfileArn", profile.get()))));
        }
        // Bedrock also checks the right on the project that a call is charged to, which is the account's default
        // project
        // where the call names none (API reference, InvokeModel). That check knows no inference profile, so this
        // statement
        // can have no condition.
        var project = "arn:%s:bedrock:%s:%s:project/default".formatted(aws.partition(), aws.region(), aws.accountId());
        var statements = new ArrayList<Statement>();
        statements.add(invoke("InvokeModels").on(invocable));
        statements.addAll(throughProfiles);
        statements.add(invoke("DefaultProject").on(project));
        return PolicyDocument.of(statements);
    }

    private static Statement invoke(String sid) {
        return Statement.allow(sid, "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream");
    }

    /** What VPC flow logs may do: write to this log group. */
    public static String writeFlowLogs(String logGroupArn) {
        return PolicyDocument.of(
                Statement.allow("WriteFlowLogs", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
                        .on(logGroupArn, logGroupArn + ":*"),
                // AWS offers no narrower resource for this action.
                Statement.allow("FindLogGroup", "logs:DescribeLogGroups").on("*"));
    }
}
