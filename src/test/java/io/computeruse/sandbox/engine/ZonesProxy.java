package io.computeruse.sandbox.engine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A proxy in front of the emulator that decides which availability zones exist, and forwards everything else. On AWS zones come
 * and go; in the emulator they do not.
 */
final class ZonesProxy implements AutoCloseable {
    private static final Set<String> NOT_FORWARDED =
            Set.of("host", "connection", "content-length", "expect", "upgrade");

    /** A Local Zone that the account has switched on. Its name sorts before those of the availability zones. */
    private static final String LOCAL_ZONE = "us-west-2-lax-1a";

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String emulator;
    private volatile List<String> zones = List.of();

    private ZonesProxy(HttpServer server, String emulator) {
        this.server = server;
        this.emulator = emulator;
    }

    /** @param emulator its URL */
    static ZonesProxy before(String emulator) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var proxy = new ZonesProxy(server, emulator);
        server.createContext("/", proxy::handle);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return proxy;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param names for instance {@code us-west-2a} */
    void offer(String... names) {
        zones = List.of(names);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var text = new String(body, StandardCharsets.UTF_8);
            if (text.contains("Action=DescribeAvailabilityZones")) {
                answer(exchange, 200, describeAvailabilityZones(text).getBytes(StandardCharsets.UTF_8));
            } else {
                forward(exchange, body);
            }
        }
    }

    /** EC2's answer: Local Zones are included unless a filter excludes them. */
    private String describeAvailabilityZones(String request) {
        var names = request.contains("opt-in-not-required")
                ? zones.stream()
                : Stream.concat(Stream.of(LOCAL_ZONE), zones.stream());
        return names.map(
                        name -> "<item><zoneName>%s</zoneName><zoneId>id-of-%s</zoneId><zoneState>available</zoneState>"
                                        .formatted(name, name)
                                + "<regionName>us-west-2</regionName></item>")
                .collect(Collectors.joining(
                        "",
                        "<DescribeAvailabilityZonesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><availabilityZoneInfo>",
                        "</availabilityZoneInfo></DescribeAvailabilityZonesResponse>"));
    }

    private void forward(HttpExchange exchange, byte[] body) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(emulator + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer(exchange, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
