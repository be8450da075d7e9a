package shape_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/names"
	"computeruse.io/sandbox/testbench/aws-plugin/shape"
)

func parse(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	var s structpb.Struct
	if err := s.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return &s
}

func mustEqual(t *testing.T, got *structpb.Struct, want string) {
	t.Helper()
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.AsMap(), wanted) {
		t.Errorf("got %v, not %v", got.AsMap(), wanted)
	}
}

const (
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	targetGroup   = "aws:lb/targetGroup:TargetGroup"
	unknown       = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	wrapper       = `"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"`
)

func TestPropertiesSurviveTheWayToTheBridgeAndBack(t *testing.T) {
	for _, c := range []struct{ sdkType, sdk, bridge string }{
		{securityGroup, `{"ingress":[{"protocol":"tcp"}],"name":"a"}`, `{"ingresses":[{"protocol":"tcp"}],"name":"a"}`},
		{targetGroup, `{"deregistrationDelay":30}`, `{"deregistrationDelay":"30"}`},
		{names.Provider, `{"defaultTags":"{\"tags\":{\"a\":\"b\"}}"}`, `{"defaultTags":"[{\"tags\":{\"a\":\"b\"}}]"}`},
		{"aws:ec2/vpc:Vpc", `{"cidrBlock":"10.0.0.0/16"}`, `{"cidrBlock":"10.0.0.0/16"}`},
	} {
		s := parse(t, c.sdk)
		names.Differences[c.sdkType].Convert(s, shape.ToBridge)
		mustEqual(t, s, c.bridge)
		names.Differences[c.sdkType].Convert(s, shape.ToSDK)
		mustEqual(t, s, c.sdk)
	}
}

func TestSecretsStaySecret(t *testing.T) {
	s := parse(t, `{"assumeRole":{`+wrapper+`,"value":{"a":"b"}}}`)
	names.Differences[names.Provider].Convert(s, shape.ToBridge)
	mustEqual(t, s, `{"assumeRoles":{`+wrapper+`,"value":[{"a":"b"}]}}`)
	names.Differences[names.Provider].Convert(s, shape.ToSDK)
	mustEqual(t, s, `{"assumeRole":{`+wrapper+`,"value":{"a":"b"}}}`)
}

func TestUnknownAndAbsentValuesPass(t *testing.T) {
	for sdkType, c := range map[string][2]string{
		targetGroup:   {`{"deregistrationDelay":"` + unknown + `"}`, `{"deregistrationDelay":"` + unknown + `"}`},
		securityGroup: {`{"ingress":null}`, `{"ingresses":null}`},
	} {
		s := parse(t, c[0])
		names.Differences[sdkType].Convert(s, shape.ToBridge)
		mustEqual(t, s, c[1])
	}
}

func TestSettingsAreJSONText(t *testing.T) {
	differences := names.Differences[names.Provider]
	for setting, want := range map[[2]string][2]string{
		{"defaultTags", `{"tags":{"a":"b"}}`}: {"defaultTags", `[{"tags":{"a":"b"}}]`},
		{"region", "us-west-2"}:               {"region", "us-west-2"},
		{"defaultTags", "{no JSON"}:           {"defaultTags", "{no JSON"},
	} {
		name, value := differences.ConvertSetting(setting[0], setting[1])
		if name != want[0] || value != want[1] {
			t.Errorf("%v gives %q, %q", setting, name, value)
		}
	}
}

func TestPathsSurviveTheWayToTheBridgeAndBack(t *testing.T) {
	for _, c := range []struct{ sdkType, sdk, bridge string }{
		{names.Provider, "assumeRole.roleArn", "assumeRoles[0].roleArn"},
		{securityGroup, "ingress[0].cidrBlocks[1]", "ingresses[0].cidrBlocks[1]"},
		{securityGroup, `tags["a.b"]`, `tags["a.b"]`},
		{"aws:ec2/vpc:Vpc", "cidrBlock", "cidrBlock"},
	} {
		differences := names.Differences[c.sdkType]
		if got := differences.Path(c.sdk, shape.ToBridge); got != c.bridge {
			t.Errorf("%s gives %s, not %s", c.sdk, got, c.bridge)
		}
		if got := differences.Path(c.bridge, shape.ToSDK); got != c.sdk {
			t.Errorf("%s gives %s, not %s", c.bridge, got, c.sdk)
		}
	}
}
