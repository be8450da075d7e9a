package io.computeruse.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddressString;
import io.computeruse.sandbox.config.VpcCidr;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SubnetPlanTest {
    @Test
    void theDefaultRangeIsDividedIntoFourQuarters() {
        var plan = SubnetPlan.of(VpcCidr.DEFAULT);
        assertThat(plan.publicBlocks()).containsExactly("10.42.0.0/18", "10.42.64.0/18");
        assertThat(plan.privateBlocks()).containsExactly("10.42.128.0/18", "10.42.192.0/18");
    }

    @Property
    void subnetsFillTheRangeAndNeverOverlap(
            @ForAll @IntRange(min = 16, max = 24) int prefix,
            @ForAll @IntRange(max = 255) int second,
            @ForAll @IntRange(max = 255) int third) {
        var range = new IPAddressString("10.%d.%d.0/%d".formatted(second, third, prefix))
                .getAddress()
                .toPrefixBlock();
        var plan = SubnetPlan.of(VpcCidr.parse(range.toCanonicalString()));
        var blocks = new ArrayList<>(plan.publicBlocks());
        blocks.addAll(plan.privateBlocks());
        for (int i = 0; i < blocks.size(); i++) {
            var block = new IPAddressString(blocks.get(i)).getAddress();
            assertThat(range.contains(block)).isTrue();
            assertThat(block.getNetworkPrefixLength()).isEqualTo(prefix + 2);
            for (int j = 0; j < i; j++) {
                assertThat(block.intersect(new IPAddressString(blocks.get(j)).getAddress()))
                        .isNull();
            }
        }
    }

    @Test
    void publicSubnetsGetTheirOwnIpv6Block() {
        assertThat(SubnetPlan.ipv6Block("2600:1f14:abc:de00::/56", 0)).isEqualTo("2600:1f14:abc:de00::/64");
        assertThat(SubnetPlan.ipv6Block("2600:1f14:abc:de00::/56", 1)).isEqualTo("2600:1f14:abc:de01::/64");
        assertThatThrownBy(() -> SubnetPlan.ipv6Block("10.0.0.0/16", 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
