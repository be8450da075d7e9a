package io.computeruse.sandbox.config;

/**
 * What a stack can choose about the machines that its tasks run on.
 *
 * @param architecture processor of both tasks
 * @param desktop size of the desktop's task
 * @param console size of the console's task
 */
public record TaskConfig(CpuArchitecture architecture, TaskSize desktop, TaskSize console) {
    static TaskConfig read(SettingsReader read) {
        return new TaskConfig(
                read.value(CpuArchitecture.KEY, CpuArchitecture.ARM64, CpuArchitecture::parse),
                TaskSize.read(read, "environment"),
                TaskSize.read(read, "orchestration"));
    }
}
