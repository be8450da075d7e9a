package io.computeruse.sandbox.network;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The availability zones that a new subnet may be created in, best first: the zones with Fargate, sorted by name, then the others.
 *
 * @param names the account's own names for its zones, for instance {@code us-west-2a}
 */
record AvailabilityZones(List<String> names) {
    /** A load balancer needs two zones. More would cost more, and the sandbox's single tasks would not gain by it. */
    static final int NEEDED = 2;

    /**
     * For each region where Fargate does not run in every zone: the ids of the zones where it does. Names would not do, because
     * they mean different zones in different accounts. Amazon ECS Developer Guide, "Supported Regions for Amazon ECS on AWS
     * Fargate".
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
     * @param names names of the zones that AWS offers
     * @param ids ids of the same zones, in the same order
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

    /** The best zone that is not among the taken ones. */
    String bestExcept(List<String> taken) {
        return names.stream().filter(name -> !taken.contains(name)).findFirst().orElseThrow();
    }
}
