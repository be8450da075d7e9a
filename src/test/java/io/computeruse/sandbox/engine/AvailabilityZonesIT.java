package io.computeruse.sandbox.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.pulumi.Context;
import com.pulumi.automation.ConfigValue;
import com.pulumi.automation.DestroyOptions;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.UpOptions;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResourceOptions;
import io.computeruse.sandbox.config.AwsLocation;
import io.computeruse.sandbox.config.VpcCidr;
import io.computeruse.sandbox.network.SandboxVpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deploys only the network, on the real engine, in a region whose availability zones change. */
class AvailabilityZonesIT {
    private static void network(Context context) {
        new SandboxVpc(
                "sandbox",
                new SandboxVpc.Args(Output.of(new AwsLocation("aws", "us-west-2", "123456789012")), VpcCidr.DEFAULT, 1),
                ComponentResourceOptions.Empty);
    }

    @Test
    void theZonesAreChosenOnceAndNoLocalZoneIsAmongThem(@TempDir Path folder) throws Exception {
        try (var aws = LocalAws.start();
                var proxy = ZonesProxy.before(aws.environment().get("AWS_ENDPOINT_URL"))) {
            Map<String, String> environment = new HashMap<>(aws.environment());
            environment.put("AWS_ENDPOINT_URL", proxy.url());
            environment.put(
                    "PULUMI_BACKEND_URL",
                    Files.createDirectories(folder.resolve("state")).toUri().toString());
            environment.put("PULUMI_CONFIG_PASSPHRASE", "local");
            environment.put("PULUMI_SKIP_UPDATE_CHECK", "true");
            environment.put("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
            var stack = LocalWorkspace.createStack(
                    "computer-use-sandbox",
                    "zones",
                    AvailabilityZonesIT::network,
                    LocalWorkspaceOptions.builder()
                            .workDir(Files.createDirectories(folder.resolve("work")))
                            .pulumiHome(Path.of(".local", "pulumi-home").toAbsolutePath())
                            .environmentVariables(environment)
                            .build());
            stack.setConfig("aws:region", new ConfigValue("us-west-2"));

            proxy.offer("us-west-2b", "us-west-2c");
            stack.up(UpOptions.builder().build());
            assertThat(zones(aws))
                    .isEqualTo(Map.of(
                            "public-0", "us-west-2b",
                            "public-1", "us-west-2c",
                            "private-0", "us-west-2b",
                            "private-1", "us-west-2c"));

            for (var offered : List.of(
                    List.of("us-west-2a", "us-west-2b", "us-west-2c"), // AWS adds a zone whose name sorts first
                    List.of("us-west-2a", "us-west-2d"))) { // the chosen zones accept no new subnets
                proxy.offer(offered.toArray(String[]::new));
                var changes = new Changes();
                stack.up(UpOptions.builder().onEvent(changes).build());
                assertThat(changes.operations()).as(offered.toString()).isEmpty();
            }
            stack.destroy(DestroyOptions.builder().build());
        }
    }

    private static Map<String, String> zones(LocalAws aws) {
        var zones = new HashMap<String, String>();
        for (var subnet : aws.list("Subnets", "ec2", "describe-subnets", "--filters", "Name=tag:Name,Values=p*")) {
            zones.put(
                    LocalAws.objects(subnet.get("Tags")).get(0).get("Value").getAsString(),
                    subnet.get("AvailabilityZone").getAsString());
        }
        return zones;
    }
}
