package io.computeruse.sandbox.service;

import com.pulumi.aws.servicediscovery.Service;
import com.pulumi.aws.servicediscovery.ServiceArgs;
import com.pulumi.aws.servicediscovery.inputs.ServiceDnsConfigArgs;
import com.pulumi.aws.servicediscovery.inputs.ServiceDnsConfigDnsRecordArgs;
import com.pulumi.core.Output;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;

/** The private DNS name of a service: a Cloud Map service in which ECS registers the address of each running task. */
final class PrivateName {
    /** Seconds that a DNS answer may be cached; short, because a new task has a new address. */
    private static final int DNS_TTL = 60;

    private PrivateName() {}

    /**
     * @param name the first label of the DNS name
     * @param namespaceId the private zone
     * @param parent the service that the name belongs to
     */
    static Service create(String name, Output<String> namespaceId, Resource parent) {
        return new Service(
                name,
                ServiceArgs.builder()
                        .name(name)
                        // A killed task leaves its address registered, and Cloud Map deletes no service with an
                        // address.
                        .forceDestroy(true)
                        .dnsConfig(ServiceDnsConfigArgs.builder()
                                .namespaceId(namespaceId)
                                .routingPolicy("MULTIVALUE")
                                .dnsRecords(ServiceDnsConfigDnsRecordArgs.builder()
                                        .type("A")
                                        .ttl(DNS_TTL)
                                        .build())
                                .build())
                        .build(),
                CustomResourceOptions.builder().parent(parent).build());
    }
}
