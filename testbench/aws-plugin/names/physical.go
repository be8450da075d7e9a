package names

import "strings"

// Physical says which property holds a resource's name on AWS, which the plugin makes from the resource's name in the
// program, and random digits, where the program leaves it out.
type Physical struct {
	Property  string
	MaxLength int                 // AWS's limit in characters
	Adapt     func(string) string // brings the program's name into the form that AWS accepts; nil keeps it
}

// PhysicalNames holds the types that get a name, by the SDK's type.
var PhysicalNames = map[string]Physical{
	"aws:appautoscaling/scheduledAction:ScheduledAction":                                    {"name", 256, nil},
	"aws:cloudwatch/logGroup:LogGroup":                                                      {"name", 512, nil},
	"aws:cloudwatch/metricAlarm:MetricAlarm":                                                {"name", 255, nil},
	"aws:ec2/securityGroup:SecurityGroup":                                                   {"name", 255, nil},
	"aws:ecr/repository:Repository":                                                         {"name", 256, strings.ToLower},
	"aws:ecs/cluster:Cluster":                                                               {"name", 255, nil},
	"aws:ecs/service:Service":                                                               {"name", 255, nil},
	"aws:iam/instanceProfile:InstanceProfile":                                               {"name", 128, nil},
	"aws:iam/policy:Policy":                                                                 {"name", 128, nil},
	"aws:iam/role:Role":                                                                     {"name", 64, nil},
	"aws:iam/rolePolicy:RolePolicy":                                                         {"name", 128, nil},
	"aws:kms/alias:Alias":                                                                   {"name", 256, keyAlias},
	"aws:lb/loadBalancer:LoadBalancer":                                                      {"name", 32, nil},
	"aws:lb/targetGroup:TargetGroup":                                                        {"name", 32, nil},
	"aws:networkfirewall/firewall:Firewall":                                                 {"name", 128, nil},
	"aws:networkfirewall/firewallPolicy:FirewallPolicy":                                     {"name", 128, nil},
	"aws:networkfirewall/ruleGroup:RuleGroup":                                               {"name", 128, nil},
	"aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList":                     {"name", 64, nil},
	"aws:route53/resolverFirewallRule:ResolverFirewallRule":                                 {"name", 64, nil},
	"aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup":                       {"name", 64, nil},
	"aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": {"name", 64, nil},
	"aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig":                             {"name", 64, nil},
	"aws:s3/bucketV2:BucketV2":                                                              {"bucket", 63, strings.ToLower},
	"aws:secretsmanager/secret:Secret":                                                      {"name", 512, nil},
	"aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace":                          {"name", 253, nil},
	"aws:servicediscovery/service:Service":                                                  {"name", 127, nil},
}

func keyAlias(name string) string { return "alias/" + name }
