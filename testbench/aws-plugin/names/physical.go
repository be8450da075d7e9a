package names

import "strings"

// Physical describes a resource's name on AWS, which is in the property "name". Where the program gives none, the plugin
// makes one from the resource's name in the program and random digits.
type Physical struct {
	MaxLength int                 // AWS's limit in characters
	Adapt     func(string) string // brings the program's name into the form that AWS accepts; nil keeps it
}

// NameProperty holds the name of every resource in PhysicalNames.
const NameProperty = "name"

// PhysicalNames holds the SDK's types whose resources get such a name: those that the stack has.
var PhysicalNames = map[string]Physical{
	"aws:cloudwatch/logGroup:LogGroup":                                  {512, nil},
	"aws:ec2/securityGroup:SecurityGroup":                               {255, nil},
	"aws:ecr/repository:Repository":                                     {256, strings.ToLower},
	"aws:ecs/cluster:Cluster":                                           {255, nil},
	"aws:ecs/service:Service":                                           {255, nil},
	"aws:iam/role:Role":                                                 {64, nil},
	"aws:iam/rolePolicy:RolePolicy":                                     {128, nil},
	"aws:kms/alias:Alias":                                               {256, keyAlias},
	"aws:lb/loadBalancer:LoadBalancer":                                  {32, nil},
	"aws:lb/targetGroup:TargetGroup":                                    {32, nil},
	"aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": {64, nil},
	"aws:route53/resolverFirewallRule:ResolverFirewallRule":             {64, nil},
	"aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup":   {64, nil},
	"aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": {64, nil},
	"aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig":                             {64, nil},
	"aws:secretsmanager/secret:Secret":                                                      {512, nil},
	"aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace":                          {253, nil},
	"aws:servicediscovery/service:Service":                                                  {127, nil},
}

func keyAlias(name string) string { return "alias/" + name }
