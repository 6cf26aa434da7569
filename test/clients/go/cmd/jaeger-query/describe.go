package main

import (
	"encoding/hex"
	"strconv"
	"strings"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"spangate/peers/internal/manifest"
)

func describe(data *tracepb.TracesData) []manifest.Span {
	found := []manifest.Span{}
	for _, resource := range data.ResourceSpans {
		for _, scoped := range resource.ScopeSpans {
			scope := manifest.Scope{
				Name:       scoped.GetScope().GetName(),
				Version:    scoped.GetScope().GetVersion(),
				Attributes: attributes(scoped.GetScope().GetAttributes()),
			}
			for _, span := range scoped.Spans {
				one := describeSpan(span)
				one.Resource = attributes(resource.GetResource().GetAttributes())
				one.Scope = scope
				found = append(found, one)
			}
		}
	}
	return found
}

func describeSpan(span *tracepb.Span) manifest.Span {
	events := []manifest.Event{}
	for _, event := range span.Events {
		events = append(events, manifest.Event{
			Name: event.Name, TimeNano: nano(event.TimeUnixNano), Attributes: attributes(event.Attributes),
		})
	}
	links := []manifest.Link{}
	for _, link := range span.Links {
		links = append(links, manifest.Link{
			TraceID: hex.EncodeToString(link.TraceId), SpanID: hex.EncodeToString(link.SpanId),
			TraceState: link.TraceState, Attributes: attributes(link.Attributes),
		})
	}
	return manifest.Span{
		TraceID:      hex.EncodeToString(span.TraceId),
		SpanID:       hex.EncodeToString(span.SpanId),
		ParentSpanID: hex.EncodeToString(span.ParentSpanId),
		TraceState:   span.TraceState,
		Name:         span.Name,
		Kind:         enumName(span.Kind.String(), "SPAN_KIND_"),
		StartNano:    nano(span.StartTimeUnixNano),
		EndNano:      nano(span.EndTimeUnixNano),
		Attributes:   attributes(span.Attributes),
		Events:       events,
		Links:        links,
		Status: manifest.Status{
			Code:    enumName(span.GetStatus().GetCode().String(), "STATUS_CODE_"),
			Message: span.GetStatus().GetMessage(),
		},
	}
}

func nano(value uint64) string { return strconv.FormatUint(value, 10) }

func enumName(name, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(name, prefix))
}

func attributes(list []*commonpb.KeyValue) map[string]manifest.Value {
	result := map[string]manifest.Value{}
	for _, entry := range list {
		result[entry.Key] = value(entry.Value)
	}
	return result
}

func value(v *commonpb.AnyValue) manifest.Value {
	switch held := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return manifest.String(held.StringValue)
	case *commonpb.AnyValue_BoolValue:
		return manifest.Bool(held.BoolValue)
	case *commonpb.AnyValue_IntValue:
		return manifest.Int(held.IntValue)
	case *commonpb.AnyValue_DoubleValue:
		return manifest.Double(held.DoubleValue)
	case *commonpb.AnyValue_BytesValue:
		return manifest.Bytes(held.BytesValue)
	case *commonpb.AnyValue_ArrayValue:
		values := []manifest.Value{}
		for _, entry := range held.ArrayValue.GetValues() {
			values = append(values, value(entry))
		}
		return manifest.Array(values)
	case *commonpb.AnyValue_KvlistValue:
		return manifest.Map(attributes(held.KvlistValue.GetValues()))
	default:
		return manifest.Value{}
	}
}
