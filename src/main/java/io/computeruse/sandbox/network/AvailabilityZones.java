package io.computeruse.sandbox.network;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The availability zones that a new subnet may be put into, best first: those where Fargate runs, in the order of their names.
 *
 * @param names for instance {@code us-west-2a}; an account's own name for a zone
 */
record AvailabilityZones(List<String> names) {
    /** A load balancer needs two; more would cost more and protect nothing further. */
    static final int NEEDED = 2;

    /**
     * The zone ids that Fargate runs in, by region, where it does not run in all of them. Zone names will not do: they mean
     * another zone in each account. Amazon ECS Developer Guide, "Supported Regions for Amazon ECS on AWS Fargate".
     */
    private static final Map<String, Set<String>> WITH_FARGATE = Map.of(
            "us-west-1", Set.of("usw1-az1", "usw1-az3"),
            "ap-northeast-1", Set.of("apne1-az1", "apne1-az2", "apne1-az4"),
            "cn-north-1", Set.of("cnn1-az1", "cnn1-az2"));

    private record Zone(String name, String id) {}

    AvailabilityZones {
        names = List.copyOf(names);
    }

    /**
     * @param names of the zones that AWS offers
     * @param ids of the same zones, in the same order
     * @throws IllegalStateException if there are fewer than two
     */
    static AvailabilityZones of(String region, List<String> names, List<String> ids) {
        if (names.size() < NEEDED) {
            throw new IllegalStateException(
                    "aws:region: \"%s\" offers this account %d availability zone(s), and the sandbox needs %d. Write another region"
                            .formatted(region, names.size(), NEEDED));
        }
        var withFargate = WITH_FARGATE.getOrDefault(region, Set.copyOf(ids));
        return new AvailabilityZones(IntStream.range(0, names.size())
                .mapToObj(i -> new Zone(names.get(i), ids.get(i)))
                .sorted(Comparator.comparing((Zone zone) -> !withFargate.contains(zone.id()))
                        .thenComparing(Zone::name))
                .map(Zone::name)
                .toList());
    }

    /** The best zone that is not taken. */
    String bestBut(List<String> taken) {
        return names.stream().filter(name -> !taken.contains(name)).findFirst().orElseThrow();
    }
}
