package names_test

import (
	"testing"

	"computeruse.io/sandbox/testbench/aws-plugin/names"
)

func TestTokensAreTheBridges(t *testing.T) {
	for sdk, want := range map[string]string{
		"aws:ec2/vpc:Vpc": "aws:index/vpc:Vpc",
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws:index/vpcSecurityGroupIngressRule:VpcSecurityGroupIngressRule",
		"aws:lb/loadBalancer:LoadBalancer":                          "aws:index/lb:Lb",
		"aws:lb/targetGroup:TargetGroup":                            "aws:index/lbTargetGroup:LbTargetGroup",
		"aws:servicediscovery/service:Service":                      "aws:index/serviceDiscoveryService:ServiceDiscoveryService",
		"aws:index/getCallerIdentity:getCallerIdentity":             "aws:index/getCallerIdentity:getCallerIdentity",
		"aws:iam/getPolicyDocument:getPolicyDocument":               "aws:index/getIamPolicyDocument:getIamPolicyDocument",
		"aws:ec2/getAmi:getAmi":                                     "aws:index/getAmi:getAmi",
	} {
		if got := names.BridgeToken(sdk); got != want {
			t.Errorf("%s gives %s, not %s", sdk, got, want)
		}
	}
}

func TestTokensOfOthersStay(t *testing.T) {
	for _, token := range []string{"", "aws", "aws:", "aws::", "pulumi:providers:aws", "random:index/randomId:RandomId", "pulumi:pulumi:Stack"} {
		if got := names.BridgeToken(token); got != token {
			t.Errorf("%q gives %q", token, got)
		}
	}
}

func TestOnlyTheResourcesOwnTypeInItsURNChanges(t *testing.T) {
	sdkType, bridge := names.BridgeURN("urn:pulumi:d::p::aws:ec2/vpc:Vpc$aws:kms/key:Key::x::y")
	if sdkType != "aws:kms/key:Key" || bridge != "urn:pulumi:d::p::aws:ec2/vpc:Vpc$aws:index/kmsKey:KmsKey::x::y" {
		t.Errorf("got %s, %s", sdkType, bridge)
	}
	if name := names.OfURN("urn:pulumi:d::p::aws:kms/key:Key::x::y"); name != "x::y" {
		t.Errorf("the name is %q", name)
	}
	if sdkType, urn := names.BridgeURN("no URN"); sdkType != "" || urn != "no URN" {
		t.Errorf("got %q, %q", sdkType, urn)
	}
}

func TestEveryDifferenceAndPhysicalNameIsOfAKnownFormOfToken(t *testing.T) {
	for token := range names.Differences {
		if token != names.Provider && names.BridgeToken(token) == token {
			t.Errorf("%s is no token of the SDK", token)
		}
	}
	for token, physical := range names.PhysicalNames {
		if names.BridgeToken(token) == token || physical.MaxLength < 32 {
			t.Errorf("%s: %+v", token, physical)
		}
	}
}
