package names

import "computeruse.io/sandbox/testbench/aws-plugin/shape"

// Differences holds, for each SDK type, the properties whose name or form differs between the SDK and the bridge. All
// other properties of the types that a program of ours uses are the same on both sides, nested ones too. (Found by
// comparing the properties that the SDK declares with the bridge's schema.)
var Differences = map[string]shape.Differences{
	Provider: {
		"defaultTags":               {List: true},
		"ignoreTags":                {List: true},
		"assumeRole":                {Name: "assumeRoles", List: true},
		"assumeRoleWithWebIdentity": {Name: "assumeRoleWithWebIdentities", List: true},
	},
	"aws:ec2/securityGroup:SecurityGroup":               inlineRules,
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": inlineRules,
	"aws:cloudwatch/metricAlarm:MetricAlarm":            {"name": {Name: "alarmName"}},
	"aws:lb/targetGroup:TargetGroup":                    {"deregistrationDelay": {Text: true}},
	"aws:appautoscaling/scheduledAction:ScheduledAction": {
		"scalableTargetAction": {Sub: shape.Differences{"minCapacity": {Text: true}, "maxCapacity": {Text: true}}},
	},
	"aws:ecs/service:Service": {
		"serviceConnectConfiguration": {Sub: shape.Differences{
			"services": {Sub: shape.Differences{"clientAlias": {Single: true}}},
		}},
	},
	"aws:s3/bucketV2:BucketV2": bucket,
}

var inlineRules = shape.Differences{"ingress": {Name: "ingresses"}, "egress": {Name: "egresses"}}

// bucket: the bridge knows that each of these blocks may appear once, and so makes an object of it.
var bucket = shape.Differences{
	"loggings":    once("logging", nil),
	"versionings": once("versioning", nil),
	"websites":    once("website", nil),
	"serverSideEncryptionConfigurations": once("serverSideEncryptionConfiguration", shape.Differences{
		"rules": once("rule", shape.Differences{
			"applyServerSideEncryptionByDefaults": once("applyServerSideEncryptionByDefault", nil),
		}),
	}),
	"objectLockConfiguration": {Sub: shape.Differences{
		"rules": once("rule", shape.Differences{"defaultRetentions": once("defaultRetention", nil)}),
	}},
	"replicationConfigurations": once("replicationConfiguration", shape.Differences{
		"rules": {Sub: shape.Differences{
			"filters": once("filter", nil),
			"destinations": once("destination", shape.Differences{
				"accessControlTranslations": once("accessControlTranslation", nil),
				"metrics":                   {Single: true},
				"replicationTimes":          once("replicationTime", nil),
			}),
			"sourceSelectionCriterias": once("sourceSelectionCriteria", shape.Differences{
				"sseKmsEncryptedObjects": {Single: true},
			}),
		}},
	}),
	"lifecycleRules": {Sub: shape.Differences{
		"expirations":                  once("expiration", nil),
		"noncurrentVersionExpirations": once("noncurrentVersionExpiration", nil),
	}},
}

// once is a block that the SDK holds as a list with a plural name and the bridge as one object.
func once(bridge string, sub shape.Differences) shape.Difference {
	return shape.Difference{Name: bridge, Single: true, Sub: sub}
}
