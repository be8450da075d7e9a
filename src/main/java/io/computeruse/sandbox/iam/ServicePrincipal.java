package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;

/**
 * An AWS service that a policy lets act. IAM and KMS refuse a principal that does not exist, so there is no other way to name one.
 */
public enum ServicePrincipal {
    /** ECS, on behalf of a task. */
    ECS_TASKS {
        @Override
        public String in(AwsLocation aws) {
            return "ecs-tasks.amazonaws.com";
        }
    },
    /** VPC flow logs. */
    FLOW_LOGS {
        @Override
        public String in(AwsLocation aws) {
            return "vpc-flow-logs.amazonaws.com";
        }
    },
    /** CloudWatch Logs of one region. */
    LOGS {
        @Override
        public String in(AwsLocation aws) {
            return aws.serviceHost("logs");
        }
    };

    /**
     * As a policy names it. Most services have the same name in every partition; CloudWatch Logs has one in each region, which
     * ends as its host name does (aws-cdk, {@code region-info/lib/default.ts}).
     */
    public abstract String in(AwsLocation aws);
}
