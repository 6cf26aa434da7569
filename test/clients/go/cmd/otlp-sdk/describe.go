package main

import (
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"spangate/peers/internal/manifest"
)

func nano(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func describe(span sdktrace.ReadOnlySpan) manifest.Span {
	context := span.SpanContext()
	parent := ""
	if span.Parent().SpanID().IsValid() {
		parent = span.Parent().SpanID().String()
	}
	scope := span.InstrumentationScope()
	events := []manifest.Event{}
	for _, event := range span.Events() {
		events = append(events, manifest.Event{
			Name: event.Name, TimeNano: nano(event.Time), Attributes: attributes(event.Attributes),
		})
	}
	// The exporter does not send the trace state of a link.
	links := []manifest.Link{}
	for _, link := range span.Links() {
		links = append(links, manifest.Link{
			TraceID:    link.SpanContext.TraceID().String(),
			SpanID:     link.SpanContext.SpanID().String(),
			Attributes: attributes(link.Attributes),
		})
	}
	return manifest.Span{
		TraceID: context.TraceID().String(), SpanID: context.SpanID().String(),
		ParentSpanID: parent, TraceState: context.TraceState().String(),
		Name: span.Name(), Kind: span.SpanKind().String(),
		StartNano: nano(span.StartTime()), EndNano: nano(span.EndTime()),
		Attributes: attributes(span.Attributes()), Events: events, Links: links,
		Status: manifest.Status{
			Code:    strings.ToLower(span.Status().Code.String()),
			Message: span.Status().Description,
		},
		Resource: attributes(span.Resource().Attributes()),
		Scope: manifest.Scope{
			Name: scope.Name, Version: scope.Version, Attributes: attributes(scope.Attributes.ToSlice()),
		},
	}
}

func attributes(list []attribute.KeyValue) map[string]manifest.Value {
	result := map[string]manifest.Value{}
	for _, entry := range list {
		result[string(entry.Key)] = value(entry.Value)
	}
	return result
}

func value(v attribute.Value) manifest.Value {
	switch v.Type() {
	case attribute.STRING:
		return manifest.String(v.AsString())
	case attribute.BOOL:
		return manifest.Bool(v.AsBool())
	case attribute.INT64:
		return manifest.Int(v.AsInt64())
	case attribute.FLOAT64:
		return manifest.Double(v.AsFloat64())
	case attribute.BYTESLICE:
		return manifest.Bytes(v.AsByteSlice())
	case attribute.STRINGSLICE:
		return array(v.AsStringSlice(), manifest.String)
	case attribute.BOOLSLICE:
		return array(v.AsBoolSlice(), manifest.Bool)
	case attribute.INT64SLICE:
		return array(v.AsInt64Slice(), manifest.Int)
	case attribute.FLOAT64SLICE:
		return array(v.AsFloat64Slice(), manifest.Double)
	case attribute.SLICE:
		return array(v.AsSlice(), value)
	case attribute.MAP:
		return manifest.Map(attributes(v.AsMap()))
	default:
		return manifest.Value{}
	}
}

func array[T any](list []T, one func(T) manifest.Value) manifest.Value {
	values := []manifest.Value{}
	for _, entry := range list {
		values = append(values, one(entry))
	}
	return manifest.Array(values)
}
