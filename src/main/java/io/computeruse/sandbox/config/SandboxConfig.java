package io.computeruse.sandbox.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that a stack can choose. An instance is valid, so whoever has one need not check anything.
 *
 * <p>The defaults are those of {@code Pulumi.yaml}. They are repeated here so that the program behaves the same without that file.
 *
 * @param stack the stack's name
 * @param ingress who may connect; {@link IngressCidr#BLOCKED} unless the stack chooses otherwise
 * @param allowedDomains what the desktop may look up: the preset's names and the stack's own, each once
 */
public record SandboxConfig(
        StackName stack,
        IngressCidr ingress,
        List<DomainName> allowedDomains,
        NetworkConfig network,
        TaskConfig tasks,
        DesktopConfig desktop,
        LoginConfig login,
        ModelConfig models) {

    /** @throws InvalidConfigurationException that lists everything that is wrong */
    public static SandboxConfig from(Settings settings) {
        var read = new SettingsReader(settings);
        var stack = read.attempt(() -> new StackName(settings.stackName()));
        var ingress = read.value(IngressCidr.KEY, IngressCidr.BLOCKED, IngressCidr::parse);
        var preset = read.value(DomainPreset.KEY, DomainPreset.STANDARD, DomainPreset::parse);
        var domains = read.list(DomainName.KEY, List.of(), DomainName::new);
        var network = NetworkConfig.read(read);
        var tasks = TaskConfig.read(read);
        var desktop = DesktopConfig.read(read, tasks.architecture());
        var login = LoginConfig.read(read);
        var models = ModelConfig.read(read, settings.region());
        read.throwIfWrong();
        var allowedDomains = Stream.concat(preset.domains().stream(), domains.stream())
                .distinct()
                .toList();
        return new SandboxConfig(stack, ingress, allowedDomains, network, tasks, desktop, login, models);
    }

    /** The entries of the allowlist under which strangers can store what the desktop sends. */
    public List<DomainName> dataOutlets() {
        return allowedDomains.stream().filter(DomainPreset.OUTLETS::contains).toList();
    }
}
