package io.computeruse.sandbox.logging;

import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;

/**
 * The stack's log groups, all encrypted with the same key.
 *
 * @param containers output of the two tasks' containers
 * @param flows the VPC's flow log
 * @param dnsQueries the VPC's DNS query log
 * @param containerInsights what Container Insights measures
 */
public record LogGroups(
        EncryptedLogGroup containers,
        EncryptedLogGroup flows,
        EncryptedLogGroup dnsQueries,
        EncryptedLogGroup containerInsights) {

    /** Creates the groups. */
    public static LogGroups create(
            LogGroupNames names, Output<String> clusterName, Output<String> keyArn, ComponentResourceOptions options) {
        return new LogGroups(
                group("containers", Output.of(names.containers()), keyArn, options),
                group("flow-logs", Output.of(names.flows()), keyArn, options),
                group("dns-queries", Output.of(names.dnsQueries()), keyArn, options),
                group("container-insights", clusterName.applyValue(LogGroupNames::containerInsights), keyArn, options));
    }

    private static EncryptedLogGroup group(
            String name, Output<String> logGroupName, Output<String> keyArn, ComponentResourceOptions options) {
        return new EncryptedLogGroup(name, new EncryptedLogGroup.Args(logGroupName, keyArn), options);
    }
}
