package io.computeruse.sandbox.identity;

import io.computeruse.sandbox.config.AwsEnvironment;

/**
 * An AWS service that a policy lets act. IAM and KMS refuse a principal that does not exist, so there is no other way to name one.
 */
enum ServicePrincipal {
    /** ECS, on behalf of a task. */
    ECS_TASKS {
        @Override
        String in(AwsEnvironment aws) {
            return "ecs-tasks.amazonaws.com";
        }
    },
    /** VPC flow logs. */
    FLOW_LOGS {
        @Override
        String in(AwsEnvironment aws) {
            return "vpc-flow-logs.amazonaws.com";
        }
    },
    /** CloudWatch Logs of one region. */
    LOGS {
        @Override
        String in(AwsEnvironment aws) {
            return aws.serviceHost("logs");
        }
    };

    /**
     * As a policy names it. Most services have the same name in every partition; CloudWatch Logs has one in each region, which
     * ends as its host name does (aws-cdk, {@code region-info/lib/default.ts}).
     */
    abstract String in(AwsEnvironment aws);
}
