package io.computeruse.sandbox.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that a stack can choose, valid by construction. Defaults are those of {@code Pulumi.yaml}; they stand here too so
 * that the program behaves the same when it is run without them.
 *
 * @param stack the stack's name
 * @param ingress who may connect; {@link IngressCidr#BLOCKED} unless the stack says otherwise
 * @param allowedDomains what the desktop may look up: the preset and the stack's own list, each name once
 * @param domainPreset the preset that is part of it
 * @param vpcCidr address range of the network
 * @param natGateways 1, or one for each availability zone
 * @param tcpIdleTimeout how long the load balancer keeps a silent connection
 * @param architecture processor of the tasks
 * @param environmentSize CPU and memory of the desktop's task
 * @param orchestrationSize CPU and memory of the agent's task
 * @param screen size of the desktop
 * @param viewer what shows the desktop in a browser
 * @param dcvSource where Amazon DCV comes from, if that is the viewer
 * @param humanPauseSeconds seconds after a person's last input before the agent acts again
 * @param sessionIdleMinutes minutes without activity before the console signs out
 * @param loginUsername name of the one account
 * @param loginPassword its password; empty: generated
 * @param anthropicApiKey key for the Anthropic API; empty: Bedrock only, or entered at the console
 * @param bedrockModels what IAM lets the agent invoke
 * @param defaultProvider where the agent reaches Claude at first
 * @param defaultModel the model it uses at first
 */
public record SandboxConfig(
        StackName stack,
        IngressCidr ingress,
        List<DomainName> allowedDomains,
        DomainPreset domainPreset,
        VpcCidr vpcCidr,
        int natGateways,
        TcpIdleTimeout tcpIdleTimeout,
        CpuArchitecture architecture,
        TaskSize environmentSize,
        TaskSize orchestrationSize,
        ScreenSize screen,
        Viewer viewer,
        Optional<DcvSource> dcvSource,
        int humanPauseSeconds,
        int sessionIdleMinutes,
        String loginUsername,
        Optional<String> loginPassword,
        Optional<String> anthropicApiKey,
        List<BedrockModel> bedrockModels,
        ModelProvider defaultProvider,
        String defaultModel) {

    /** Shorter ones are guessed; the console is on the internet as soon as somebody widens the ingress. */
    private static final int SHORTEST_PASSWORD = 12;

    private static final String DEFAULT_BEDROCK_MODEL = "us.anthropic.claude-sonnet-5-5";

    /** @throws InvalidConfigurationException that lists everything that is wrong */
    public static SandboxConfig from(Settings settings) {
        var read = new SettingsReader(settings);
        var stack = read.attempt(() -> new StackName(settings.stackName()));
        var ingress = read.value(IngressCidr.KEY, IngressCidr.BLOCKED, IngressCidr::parse);
        var preset = read.value(DomainPreset.KEY, DomainPreset.STANDARD, DomainPreset::parse);
        var domains = read.list(DomainName.KEY, List.of(), DomainName::new);
        var vpcCidr = read.value(VpcCidr.KEY, VpcCidr.DEFAULT, VpcCidr::parse);
        var natGateways = read.number("natGateways", 1, 1, 2);
        var tcpIdleTimeout = TcpIdleTimeout.read(read);
        var architecture = read.value(CpuArchitecture.KEY, CpuArchitecture.ARM64, CpuArchitecture::parse);
        var environmentSize = taskSize(read, "environment");
        var orchestrationSize = taskSize(read, "orchestration");
        var screen = new ScreenSize(
                read.number("displayWidth", 1024, 640, 3840), read.number("displayHeight", 768, 480, 2160));
        var viewer = read.value(Viewer.KEY, Viewer.NOVNC, Viewer::parse);
        var humanPause = read.number("humanPauseSeconds", 10, 1, 3600);
        var sessionIdle = read.number("sessionIdleMinutes", 60, 5, 720);
        var username = read.value("loginUsername", "computeruse", SandboxConfig::username);
        var password = read.value("loginPassword", Optional.<String>empty(), SandboxConfig::password);
        var apiKey = read.value("anthropicApiKey", Optional.<String>empty(), SandboxConfig::apiKey);
        var models = read.list(BedrockModel.KEY, List.of(DEFAULT_BEDROCK_MODEL), BedrockModel::new);
        var provider = read.value(ModelProvider.KEY, ModelProvider.BEDROCK, ModelProvider::parse);
        var model = read.value("defaultModel", DEFAULT_BEDROCK_MODEL, SandboxConfig::modelId);
        models.forEach(m -> read.check(() -> m.requireCallableFrom(settings.region(), BedrockModel.KEY)));
        if (provider == ModelProvider.BEDROCK && model != null) {
            read.check(() -> requireInvocable(model, models, settings.region()));
        }
        var dcvSource = architecture == null
                ? Optional.<DcvSource>empty()
                : read.attempt(() -> DcvSource.read(read, viewer, architecture));
        read.throwIfWrong();
        return new SandboxConfig(
                stack,
                ingress,
                Stream.concat(preset.domains().stream(), domains.stream())
                        .distinct()
                        .toList(),
                preset,
                vpcCidr,
                natGateways,
                tcpIdleTimeout,
                architecture,
                environmentSize,
                orchestrationSize,
                screen,
                viewer,
                dcvSource,
                humanPause,
                sessionIdle,
                username,
                password,
                apiKey,
                List.copyOf(models),
                provider,
                model);
    }

    /** The entries of the allowlist under which strangers can store what the desktop sends. */
    public List<DomainName> dataOutlets() {
        return allowedDomains.stream().filter(DomainPreset.OUTLETS::contains).toList();
    }

    /** Where the agent may reach Claude, and so which names the tasks need. */
    public Set<ModelProvider> modelProviders() {
        var providers = EnumSet.noneOf(ModelProvider.class);
        if (!bedrockModels.isEmpty()) {
            providers.add(ModelProvider.BEDROCK);
        }
        if (anthropicApiKey.isPresent() || defaultProvider == ModelProvider.ANTHROPIC) {
            providers.add(ModelProvider.ANTHROPIC);
        }
        return providers;
    }

    private static TaskSize taskSize(SettingsReader read, String service) {
        var cpu = read.number(service + "Cpu", 2048, 512, 16384);
        var memory = read.number(service + "Memory", 4096, 1024, 122880);
        return read.attempt(() -> new TaskSize(service, cpu, memory));
    }

    private static String username(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
            throw new InvalidSettingException(
                    "loginUsername",
                    text,
                    "is not 1 to 32 letters, digits, dots, hyphens or underscores that begin with a letter or digit",
                    "Write a name such as computeruse");
        }
        return text;
    }

    /** The value never appears in a message. */
    private static Optional<String> password(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.length() < SHORTEST_PASSWORD || !isVisibleAscii(text)) {
            throw new InvalidSettingException(
                    "loginPassword",
                    "(hidden)",
                    "is shorter than %d characters or has blanks, control or non-ASCII characters"
                            .formatted(SHORTEST_PASSWORD),
                    "Remove the key to have one generated");
        }
        return Optional.of(text);
    }

    private static Optional<String> apiKey(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!isVisibleAscii(text)) {
            throw new InvalidSettingException(
                    "anthropicApiKey",
                    "(hidden)",
                    "has blanks, control or non-ASCII characters",
                    "Set the key alone: pulumi config set --secret anthropicApiKey");
        }
        return Optional.of(text);
    }

    private static boolean isVisibleAscii(String text) {
        return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    private static String modelId(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}")) {
            throw new InvalidSettingException(
                    "defaultModel", text, "is not a model id", "Write an id such as " + DEFAULT_BEDROCK_MODEL);
        }
        return text;
    }

    /** IAM or Bedrock would refuse the first message of the first task: better said now. */
    private static void requireInvocable(String model, List<BedrockModel> models, String region) {
        var invocable = models.stream().filter(m -> m.id().equals(model)).findFirst();
        invocable
                .orElseThrow(() -> new InvalidSettingException(
                        "defaultModel",
                        model,
                        "is not among " + BedrockModel.KEY + ", so the agent could not invoke it",
                        "Add it to " + BedrockModel.KEY + " or set " + ModelProvider.KEY + " to anthropic"))
                .requireCallableFrom(region, "defaultModel");
    }
}
