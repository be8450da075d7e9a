package io.computeruse.sandbox.network;

import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.DomainName;
import io.computeruse.sandbox.config.ModelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The names that the tasks need to start and to work, whatever the desktop's allowlist says. The firewall applies to the whole VPC,
 * so the desktop may look these up too. That is why the list has only what the configuration makes necessary.
 */
public final class TaskNames {
    private TaskNames() {}

    /**
     * The names, none of them with a wildcard.
     *
     * @param registryHost host name of the image repository
     * @param privateNames private DNS names of the services
     * @param providers where the agent may reach Claude
     */
    public static List<DomainName> of(
            AwsLocation aws, String registryHost, List<String> privateNames, Set<ModelProvider> providers) {
        var names = new ArrayList<>(privateNames);
        // To start a task: ECR's token and manifest, its layers (which come from a bucket of ECR's own), logs and
        // secrets.
        names.add(aws.serviceHost("api.ecr"));
        names.add(registryHost);
        names.add(aws.serviceHost("prod-%s-starport-layer-bucket.s3".formatted(aws.region())));
        names.add(aws.serviceHost("logs"));
        names.add(aws.serviceHost("secretsmanager"));
        if (providers.contains(ModelProvider.BEDROCK)) {
            names.add(aws.serviceHost("bedrock-runtime"));
        }
        if (providers.contains(ModelProvider.ANTHROPIC)) {
            names.add("api.anthropic.com");
        }
        return names.stream().map(DomainName::new).toList();
    }
}
