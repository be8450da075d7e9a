package io.computeruse.sandbox.config;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * CPU and memory of a Fargate task. An instance is a combination that Fargate offers (Amazon ECS Developer Guide, "Task CPU and
 * memory").
 *
 * @param service the service's name, with which the two configuration keys begin
 * @param cpu CPU units, 1024 to a vCPU
 * @param memory MiB
 */
public record TaskSize(String service, int cpu, int memory) {
    private record MemoryRange(int from, int to, int step) {
        boolean contains(int memory) {
            return memory >= from && memory <= to && (memory - from) % step == 0;
        }

        @Override
        public String toString() {
            return from + step > to - step
                    ? IntStream.iterate(from, m -> m <= to, m -> m + step)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(", "))
                    : "%d to %d in steps of %d".formatted(from, to, step);
        }
    }

    private static final Map<Integer, MemoryRange> OFFERED = Map.of(
            512, new MemoryRange(1024, 4096, 1024),
            1024, new MemoryRange(2048, 8192, 1024),
            2048, new MemoryRange(4096, 16384, 1024),
            4096, new MemoryRange(8192, 30720, 1024),
            8192, new MemoryRange(16384, 61440, 4096),
            16384, new MemoryRange(32768, 122880, 8192));

    static TaskSize read(SettingsReader read, String service) {
        var cpu = read.number(service + "Cpu", 2048, 512, 16384);
        var memory = read.number(service + "Memory", 4096, 1024, 122880);
        return read.attempt(() -> new TaskSize(service, cpu, memory));
    }

    /** @throws InvalidSettingException if Fargate has no such size; the message names the key that is wrong */
    public TaskSize {
        var range = OFFERED.get(cpu);
        if (range == null) {
            throw new InvalidSettingException(
                    service + "Cpu",
                    Integer.toString(cpu),
                    "is no Fargate CPU size",
                    "Write one of "
                            + OFFERED.keySet().stream()
                                    .sorted()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(", ")));
        }
        if (!range.contains(memory)) {
            throw new InvalidSettingException(
                    service + "Memory",
                    Integer.toString(memory),
                    "is no memory size (MiB) that Fargate offers with " + cpu + " CPU units",
                    "Write " + range);
        }
    }
}
