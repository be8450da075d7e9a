package io.computeruse.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AvailabilityZonesTest {
    @Test
    void zonesWithFargateComeFirstWhateverTheAccountCallsThem() {
        assertThat(AvailabilityZones.of(
                                "ap-northeast-1",
                                List.of("ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"),
                                List.of("apne1-az3", "apne1-az4", "apne1-az1"))
                        .names())
                .containsExactly("ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1a");
        assertThat(AvailabilityZones.of(
                                "us-west-1",
                                List.of("us-west-1a", "us-west-1b", "us-west-1c"),
                                List.of("usw1-az3", "usw1-az2", "usw1-az1"))
                        .names())
                .startsWith("us-west-1a", "us-west-1c");
        assertThat(AvailabilityZones.of(
                                "cn-north-1",
                                List.of("cn-north-1a", "cn-north-1b", "cn-north-1d"),
                                List.of("cnn1-az3", "cnn1-az1", "cnn1-az2"))
                        .names())
                .startsWith("cn-north-1b", "cn-north-1d");
    }

    @Test
    void whereFargateRunsInEveryZoneTheyAreSortedByName() {
        assertThat(AvailabilityZones.of(
                                "us-west-2", List.of("us-west-2c", "us-west-2a"), List.of("usw2-az1", "usw2-az2"))
                        .names())
                .containsExactly("us-west-2a", "us-west-2c");
    }

    @Test
    void twoZonesAreEnoughEvenIfOneHasNoFargate() {
        assertThat(AvailabilityZones.of(
                                "us-west-1", List.of("us-west-1a", "us-west-1b"), List.of("usw1-az2", "usw1-az1"))
                        .names())
                .containsExactly("us-west-1b", "us-west-1a");
    }

    @Test
    void theSecondSubnetIsInAnotherZoneThanTheFirst() {
        var zones =
                AvailabilityZones.of("us-west-2", List.of("us-west-2a", "us-west-2b"), List.of("usw2-az1", "usw2-az2"));
        assertThat(zones.bestExcept(List.of())).isEqualTo("us-west-2a");
        assertThat(zones.bestExcept(List.of("us-west-2a"))).isEqualTo("us-west-2b");
        assertThat(zones.bestExcept(List.of("us-west-2d"))).isEqualTo("us-west-2a");
    }

    @Test
    void aRegionWithOnlyOneZoneIsRefusedByName() {
        assertThatThrownBy(() -> AvailabilityZones.of("us-west-1", List.of("us-west-1a"), List.of("usw1-az1")))
                .hasMessageContaining("aws:region: \"us-west-1\"")
                .hasMessageContaining("1 availability zone");
    }
}
