package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;

/**
 * An AWS service that a policy names as its principal. IAM and KMS refuse a principal that does not exist, so policies take their
 * principals from this list only.
 */
public enum ServicePrincipal {
    /** ECS, which assumes a role on behalf of a task. */
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
     * The principal's name in a policy. Most services have the same name in every partition. CloudWatch Logs has one for each
     * region, and it ends like the partition's host names (aws-cdk, {@code region-info/lib/default.ts}).
     */
    public abstract String in(AwsLocation aws);
}
