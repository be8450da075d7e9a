package io.computeruse.sandbox.engine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** An AWS API emulator for one test class, on a free loopback port, and the AWS CLI to read what it contains. */
final class LocalAws implements AutoCloseable {
    private static final Path TOOLS = Path.of(".local").toAbsolutePath();
    private static final String ANNOUNCEMENT = "listening on ";

    private final Process process;
    private final String url;

    private LocalAws(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static LocalAws start() throws IOException {
        // The emulator ends when this JVM does, however that happens: it watches the pipe that is its standard input.
        var process = new ProcessBuilder(
                        TOOLS.resolve("venv/bin/python").toString(),
                        "-m",
                        "emulator",
                        "--port",
                        "0",
                        "--exit-with-parent")
                .directory(Path.of("testbench").toFile())
                .redirectError(ProcessBuilder.Redirect.to(Path.of("target", "emulator-" + System.nanoTime() + ".log")
                        .toFile()))
                .start();
        var line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null || !line.startsWith(ANNOUNCEMENT)) {
            process.destroy();
            throw new IOException("the emulator did not start (run make tools first): " + line);
        }
        return new LocalAws(process, line.substring(ANNOUNCEMENT.length()));
    }

    /** Environment variables with which a process talks to this emulator and to no other AWS. */
    Map<String, String> environment() {
        var environment = new HashMap<String, String>();
        environment.put("AWS_ENDPOINT_URL", url);
        environment.put("AWS_ACCESS_KEY_ID", "test");
        environment.put("AWS_SECRET_ACCESS_KEY", "test");
        environment.put("AWS_REGION", "us-west-2");
        environment.put("AWS_DEFAULT_REGION", "us-west-2");
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put("AWS_CONFIG_FILE", "/dev/null");
        environment.put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        // Where no session bus runs, the AWS provider may start one and leave it running.
        environment.put("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        return environment;
    }

    /** Runs the AWS CLI and returns the JSON object that it prints. */
    JsonObject aws(String... arguments) {
        var command = new ArrayList<>(List.of(TOOLS.resolve("venv/bin/aws").toString(), "--output", "json"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().putAll(environment());
        try {
            var client = builder.start();
            var output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (client.waitFor() != 0) {
                throw new IllegalStateException("aws " + String.join(" ", arguments) + " failed: " + output);
            }
            return output.isBlank()
                    ? new JsonObject()
                    : JsonParser.parseString(output).getAsJsonObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs the AWS CLI and returns the objects in one list of its output. */
    List<JsonObject> list(String member, String... arguments) {
        return objects(aws(arguments).get(member));
    }

    static List<JsonObject> objects(JsonElement list) {
        return StreamSupport.stream(list.getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    static List<String> strings(JsonElement list) {
        return StreamSupport.stream(list.getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsString)
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
