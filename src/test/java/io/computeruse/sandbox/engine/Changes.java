package io.computeruse.sandbox.engine;

import com.pulumi.automation.OperationType;
import com.pulumi.automation.events.EngineEvent;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What an operation changed, resource by resource, from the engine's own events. */
final class Changes implements Consumer<EngineEvent> {
    private static final Set<OperationType> NOTHING =
            EnumSet.of(OperationType.SAME, OperationType.READ, OperationType.REFRESH, OperationType.READ_DISCARD);

    private final TreeMap<String, TreeSet<String>> operations = new TreeMap<>();
    private final StringBuilder diagnostics = new StringBuilder();

    @Override
    public synchronized void accept(EngineEvent event) {
        if (event.resourcePreEvent() != null) {
            var step = event.resourcePreEvent().metadata();
            if (!NOTHING.contains(step.op()) && !step.type().startsWith("pulumi:providers:")) {
                operations
                        .computeIfAbsent(step.op().name(), op -> new TreeSet<>())
                        .add(step.type() + "::"
                                + step.urn().substring(step.urn().lastIndexOf("::") + 2));
            }
        }
        if (event.diagnosticEvent() != null) {
            diagnostics
                    .append(event.diagnosticEvent().severity())
                    .append(": ")
                    .append(event.diagnosticEvent().message());
        }
        if (event.policyEvent() != null) {
            diagnostics.append("policy: ").append(event.policyEvent().message()).append('\n');
        }
    }

    /** From each operation to {@code TYPE::NAME} of its resources, without the unchanged ones. */
    synchronized TreeMap<String, TreeSet<String>> operations() {
        return operations;
    }

    /** All messages with their severity. */
    synchronized String diagnostics() {
        return diagnostics.toString();
    }
}
