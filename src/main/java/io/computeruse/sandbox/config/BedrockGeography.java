package io.computeruse.sandbox.config;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A geography of Amazon Bedrock's cross-region inference, as AWS documents it. The table is {@code bedrock_geographies.json},
 * which names its sources. The console's image contains the same file.
 *
 * @param prefix the beginning of its inference profiles' ids, without the dot
 * @param sourceRegions the regions where a profile may be called
 * @param destinationRegions the regions that may serve a request, besides the one that it is sent to; an empty name is how AWS
 *     writes the resource of global routing
 */
public record BedrockGeography(String prefix, List<String> sourceRegions, List<String> destinationRegions) {
    private static final String TABLE = "bedrock_geographies.json";

    /** In the order in which messages suggest them: a geography comes before those that reach further. */
    public static final List<BedrockGeography> ALL = read();

    private record Table(List<BedrockGeography> geographies) {}

    public BedrockGeography {
        sourceRegions = List.copyOf(sourceRegions);
        destinationRegions = List.copyOf(destinationRegions);
    }

    private static List<BedrockGeography> read() {
        try (var stream = BedrockGeography.class.getResourceAsStream(TABLE);
                var reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            return List.copyOf(new Gson().fromJson(reader, Table.class).geographies());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The geography of an inference profile's id; empty for the id of a foundation model. */
    static Optional<BedrockGeography> of(String id) {
        return ALL.stream().filter(g -> id.startsWith(g.prefix + ".")).findFirst();
    }

    /** The geographies whose profiles may be called in a region. */
    static List<BedrockGeography> callableFrom(String region) {
        return ALL.stream().filter(g -> g.sourceRegions.contains(region)).toList();
    }

    /** Every region that may serve a request sent to this one. */
    List<String> servingRegions(String region) {
        return Stream.concat(Stream.of(region), destinationRegions.stream())
                .distinct()
                .toList();
    }
}
