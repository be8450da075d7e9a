package io.computeruse.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Loads the jar that Pulumi runs with the dependencies that its manifest names, and without those of the tests. */
class ProgramJarIT {
    private static final Path JAR = Path.of("target", "computer-use-sandbox.jar");

    @Test
    void itTalksToTheEngineInPureJavaAndUnpacksNoNativeLibrary() throws IOException, ReflectiveOperationException {
        URL[] jar = {JAR.toUri().toURL()};
        try (URLClassLoader program = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader())) {
            Object transport = program.loadClass("io.grpc.ManagedChannelProvider")
                    .getMethod("provider")
                    .invoke(null);
            assertEquals(
                    "io.grpc.okhttp.OkHttpChannelProvider", transport.getClass().getName());
            assertNotNull(program.getResource("META-INF/services/io.grpc.ManagedChannelProvider"));
            assertNull(program.getResource("META-INF/native"));
        }
    }
}
