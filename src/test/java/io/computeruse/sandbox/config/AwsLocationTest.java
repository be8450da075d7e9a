package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsLocationTest {
    /** From botocore's {@code partitions.json}. */
    @ParameterizedTest
    @CsvSource({
        "aws, us-west-2, logs.us-west-2.amazonaws.com",
        "aws-us-gov, us-gov-west-1, logs.us-gov-west-1.amazonaws.com",
        "aws-cn, cn-north-1, logs.cn-north-1.amazonaws.com.cn",
        "aws-eusc, eusc-de-east-1, logs.eusc-de-east-1.amazonaws.eu",
        "aws-iso, us-iso-east-1, logs.us-iso-east-1.c2s.ic.gov",
        "aws-iso-b, us-isob-east-1, logs.us-isob-east-1.sc2s.sgov.gov",
        "aws-iso-e, eu-isoe-west-1, logs.eu-isoe-west-1.cloud.adc-e.uk",
        "aws-iso-f, us-isof-south-1, logs.us-isof-south-1.csp.hci.ic.gov",
    })
    void hostNamesHaveTheSuffixOfThePartition(String partition, String region, String host) {
        assertThat(new AwsLocation(partition, region, "123456789012").serviceHost("logs"))
                .isEqualTo(host);
    }

    @Test
    void anUnknownPartitionIsRefused() {
        assertThatThrownBy(() -> new AwsLocation("aws-new", "x-1", "123456789012").dnsSuffix())
                .hasMessageContaining("aws-new");
    }
}
