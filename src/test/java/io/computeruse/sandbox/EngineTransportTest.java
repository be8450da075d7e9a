package io.computeruse.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** The program speaks with Pulumi's engine in Java alone; it unpacks and loads no native library. */
class EngineTransportTest {
    @Test
    void theSdksChannelsAreOkHttps() throws ReflectiveOperationException {
        Object provider = Class.forName("io.grpc.ManagedChannelProvider")
                .getMethod("provider")
                .invoke(null);
        assertEquals("io.grpc.okhttp.OkHttpChannelProvider", provider.getClass().getName());
    }

    @Test
    void noDependencyBringsNativeCode() {
        assertNull(getClass().getClassLoader().getResource("META-INF/native"));
    }
}
