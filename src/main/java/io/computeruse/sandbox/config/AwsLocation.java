package io.computeruse.sandbox.config;

/**
 * Where the stack is deployed, as AWS itself says.
 *
 * @param partition for instance {@code aws}, {@code aws-us-gov} or {@code aws-cn}
 * @param region for instance {@code us-west-2}
 * @param accountId twelve digits
 */
public record AwsLocation(String partition, String region, String accountId) {
    /**
     * What the names of AWS's services end with here (botocore, {@code partitions.json}).
     *
     * @throws IllegalArgumentException for a partition that is not in AWS's list: a wrong suffix would let names resolve that
     *     belong to nobody yet
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
     * The name at which a service answers in this region.
     *
     * @param service as it stands in the service's endpoints, for instance {@code logs} or {@code api.ecr}
     */
    public String serviceHost(String service) {
        return "%s.%s.%s".formatted(service, region, dnsSuffix());
    }
}
