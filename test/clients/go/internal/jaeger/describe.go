// Package jaeger turns Jaeger's published Go model into the JSON form of the
// peer programs.
package jaeger

import (
	"strconv"
	"time"

	model "github.com/jaegertracing/jaeger-idl/model/v1"

	"spangate/peers/internal/manifest"
)

// Describe tells what a span and the process it belongs to hold. A span
// without its own process takes the one of its batch.
func Describe(span *model.Span, batch *model.Process) manifest.JaegerSpan {
	process := span.Process
	if process == nil {
		process = batch
	}
	if process == nil {
		process = &model.Process{}
	}
	references := []manifest.Reference{}
	for _, ref := range span.References {
		references = append(references, manifest.Reference{
			Type: ref.RefType.String(), TraceID: traceID(ref.TraceID), SpanID: ref.SpanID.String(),
		})
	}
	logs := []manifest.Log{}
	for _, log := range span.Logs {
		logs = append(logs, manifest.Log{TimeNano: nano(log.Timestamp), Fields: tags(log.Fields)})
	}
	return manifest.JaegerSpan{
		TraceID:       traceID(span.TraceID),
		SpanID:        span.SpanID.String(),
		OperationName: span.OperationName,
		References:    references,
		Flags:         uint32(span.Flags),
		StartNano:     nano(span.StartTime),
		DurationNano:  strconv.FormatInt(span.Duration.Nanoseconds(), 10),
		Tags:          tags(span.Tags),
		Logs:          logs,
		Process:       manifest.Process{ServiceName: process.ServiceName, Tags: tags(process.Tags)},
		Warnings:      append([]string{}, span.Warnings...),
	}
}

// traceID is always 32 digits, also for ids whose high half is zero.
func traceID(id model.TraceID) string {
	high := model.NewSpanID(id.High).String()
	low := model.NewSpanID(id.Low).String()
	return high + low
}

func nano(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func tags(list []model.KeyValue) []manifest.KeyValue {
	result := []manifest.KeyValue{}
	for _, tag := range list {
		result = append(result, manifest.KeyValue{Key: tag.Key, Value: value(tag)})
	}
	return result
}

func value(tag model.KeyValue) manifest.Value {
	switch tag.VType {
	case model.ValueType_STRING:
		return manifest.String(tag.VStr)
	case model.ValueType_BOOL:
		return manifest.Bool(tag.VBool)
	case model.ValueType_INT64:
		return manifest.Int(tag.VInt64)
	case model.ValueType_FLOAT64:
		return manifest.Double(tag.VFloat64)
	case model.ValueType_BINARY:
		return manifest.Bytes(tag.VBinary)
	default:
		return manifest.Value{}
	}
}
