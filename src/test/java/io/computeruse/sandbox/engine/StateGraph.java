package io.computeruse.sandbox.engine;

import com.pulumi.automation.StackDeployment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which resource depends on which, from the stack's state. */
final class StateGraph {
    private final Map<String, Map<?, ?>> resources = new HashMap<>();

    private StateGraph() {}

    static StateGraph of(StackDeployment exported) {
        var graph = new StateGraph();
        // A stack that was never updated has no list at all.
        if (exported.deployment().get("resources") instanceof List<?> resources) {
            for (var resource : resources) {
                var properties = (Map<?, ?>) resource;
                graph.resources.put(properties.get("urn").toString(), properties);
            }
        }
        return graph;
    }

    /** URNs of the resources of some types. */
    Set<String> urnsOfTypes(Pattern type) {
        return resources.entrySet().stream()
                .filter(resource ->
                        type.matcher(resource.getValue().get("type").toString()).matches())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** URNs of everything that a resource depends on, directly or indirectly; the engine creates all of it first. */
    Set<String> whatHasToExistBefore(String urn) {
        var found = new HashSet<String>();
        var open = new ArrayDeque<>(dependencies(urn));
        while (!open.isEmpty()) {
            var next = open.pop();
            if (found.add(next)) {
                open.addAll(dependencies(next));
            }
        }
        return found;
    }

    private List<String> dependencies(String urn) {
        return resources.get(urn).get("dependencies") instanceof List<?> urns
                ? urns.stream().map(Object::toString).toList()
                : List.of();
    }
}
