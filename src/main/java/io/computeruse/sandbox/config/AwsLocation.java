package io.computeruse.sandbox.config;

/**
 * The partition, region and account that the stack is deployed to, as AWS reports them.
 *
 * @param partition for instance {@code aws}, {@code aws-us-gov} or {@code aws-cn}
 * @param region for instance {@code us-west-2}
 * @param accountId twelve digits
 */
public record AwsLocation(String partition, String region, String accountId) {
    /**
     * What the host names of AWS's services end with in this partition (botocore, {@code partitions.json}).
     *
     * @throws IllegalArgumentException for a partition that is not in AWS's list; a guessed suffix would put names on the allowlist
     *     that anybody could register
     */
    public String dnsSuffix() {
        return switch (partition) {
            case "aws", "aws-us-gov" -> "amazonaws.com";
            case "aws-cn" -> "amazonaws.com.cn";
            case "aws-eusc" -> "amazonaws.eu";
            case "aws-iso" -> "c2s.ic.gov";
            case "aws-iso-b" -> "sc2s.sgov.gov";
            case "aws-iso-e" -> "cloud.adc-e.uk";
            case "aws-iso-f" -> "csp.hci.ic.gov";
            default -> throw new IllegalArgumentException("unknown AWS partition: " + partition);
        };
    }

    /**
     * The host name of a service in this region.
     *
     * @param service the first part of the service's endpoint, for instance {@code logs} or {@code api.ecr}
     */
    public String serviceHost(String service) {
        return "%s.%s.%s".formatted(service, region, dnsSuffix());
    }
}
