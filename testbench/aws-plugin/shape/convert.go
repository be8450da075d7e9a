package shape

import (
	"encoding/json"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// Pulumi sends secret values, and outputs with their dependencies, as objects that carry this key and one of these
// values; what they wrap is under "value".
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
	wrappedValueKey = "value"
)

// Convert changes s, in place, from one form into the other.
func (ds Differences) Convert(s *structpb.Struct, to Direction) {
	if s == nil || len(ds) == 0 {
		return
	}
	converted := make(map[string]*structpb.Value, len(s.Fields))
	for k, v := range s.Fields {
		name, d := ds.find(k, to)
		if v = d.convert(v, to); v != nil {
			converted[name] = v
		}
	}
	s.Fields = converted
}

// ConvertSetting converts one provider setting, which Pulumi writes as JSON text where it is not a plain string.
func (ds Differences) ConvertSetting(name, value string) (string, string) {
	other, d := ds.find(name, ToBridge)
	return other, d.convert(structpb.NewStringValue(value), ToBridge).GetStringValue()
}

// convert returns nil for a property that has no counterpart on the other side: an empty list that stands for "none".
func (d Difference) convert(v *structpb.Value, to Direction) *structpb.Value {
	if isNull(v) {
		return v
	}
	if s := v.GetStructValue(); s != nil && isWrapper(s) {
		return d.convertWrapped(v, s, to)
	}
	if text := v.GetStringValue(); d.List && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
		return d.convertJSON(v, text, to)
	}
	if d.Text {
		return convertNumber(v, to)
	}
	switch {
	case d.unwraps(to) && isList(v):
		items := v.GetListValue().GetValues()
		if len(items) == 0 {
			return nil
		}
		return items[0]
	case d.wraps(to) && v.GetStructValue() != nil:
		return structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{v}})
	}
	return v
}

func isNull(v *structpb.Value) bool {
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return v == nil || null
}

func isList(v *structpb.Value) bool {
	_, list := v.GetKind().(*structpb.Value_ListValue)
	return list
}

func isWrapper(s *structpb.Struct) bool {
	signature := s.Fields[signatureKey].GetStringValue()
	return signature == secretSignature || signature == outputSignature
}

// convertWrapped keeps the wrapper, so that a secret stays a secret.
func (d Difference) convertWrapped(v *structpb.Value, wrapper *structpb.Struct, to Direction) *structpb.Value {
	inner, known := wrapper.Fields[wrappedValueKey]
	if !known { // an output that is not known yet wraps nothing
		return v
	}
	inner = d.convert(inner, to)
	if inner == nil {
		return nil
	}
	wrapper.Fields[wrappedValueKey] = inner
	return v
}

// convertJSON converts a provider's setting, which arrives as JSON text. Text that is not JSON stays as it is: the
// provider, which parses it, reports the error better.
func (d Difference) convertJSON(v *structpb.Value, text string, to Direction) *structpb.Value {
	var parsed structpb.Value
	if json.Unmarshal([]byte(text), &parsed) != nil {
		return v
	}
	converted := d.convert(&parsed, to)
	if converted == nil {
		return nil
	}
	b, err := json.Marshal(converted)
	if err != nil {
		return v
	}
	return structpb.NewStringValue(string(b))
}

func convertNumber(v *structpb.Value, to Direction) *structpb.Value {
	switch k := v.GetKind().(type) {
	case *structpb.Value_NumberValue:
		if to == ToBridge {
			return structpb.NewStringValue(strconv.FormatFloat(k.NumberValue, 'f', -1, 64))
		}
	case *structpb.Value_StringValue:
		if n, err := strconv.ParseFloat(k.StringValue, 64); err == nil && to == ToSDK {
			return structpb.NewNumberValue(n)
		}
	}
	return v // an unknown value of a preview is a string that is no number
}
