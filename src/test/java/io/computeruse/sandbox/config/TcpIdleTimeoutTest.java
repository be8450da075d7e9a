package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpIdleTimeoutTest {
    @Test
    void theBoundsAreThoseOfTheLoadBalancer() {
        assertThat(new TcpIdleTimeout(60).seconds()).isEqualTo(60);
        assertThat(new TcpIdleTimeout(6000).seconds()).isEqualTo(6000);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 59, 6001})
    void aTimeThatALoadBalancerWouldRefuseIsRefused(int seconds) {
        assertThatThrownBy(() -> new TcpIdleTimeout(seconds))
                .hasMessageContaining("60 to 6000 seconds, not " + seconds);
    }
}
