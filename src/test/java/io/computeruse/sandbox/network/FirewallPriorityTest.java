package io.computeruse.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Route 53 Resolver API, {@code AssociateFirewallRuleGroup}: "between 100 and 9900". */
class FirewallPriorityTest {
    @Test
    void theBoundsAreThoseThatAwsDocuments() {
        assertThat(new FirewallPriority(100).number()).isEqualTo(100);
        assertThat(new FirewallPriority(9900).number()).isEqualTo(9900);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 9901, 10000})
    void aPriorityThatAwsWouldRefuseIsRefused(int number) {
        assertThatThrownBy(() -> new FirewallPriority(number)).hasMessageContaining("100 to 9900, not " + number);
    }
}
