package io.computeruse.sandbox.config;

/**
 * Where the stack is deployed, as AWS itself says.
 *
 * @param partition {@code aws}, {@code aws-us-gov} or {@code aws-cn}
 * @param region for instance {@code us-west-2}
 * @param accountId twelve digits
 */
public record AwsEnvironment(String partition, String region, String accountId) {}
