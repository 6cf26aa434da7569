package main

import (
	"fmt"
	"strconv"

	"github.com/uber/jaeger-client-go"
	thrift "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// recorder is a reporter that keeps what spans are, in the JSON form of the peer
// programs, before they are encoded.
type recorder struct{ spans []map[string]any }

func (r *recorder) Report(span *jaeger.Span) {
	process := jaeger.BuildJaegerProcessThrift(span)
	r.spans = append(r.spans, describe(jaeger.BuildJaegerThrift(span), process))
}

func (r *recorder) Close() {}

func describe(span *thrift.Span, process *thrift.Process) map[string]any {
	references := []any{}
	for _, ref := range span.References {
		references = append(references, map[string]any{
			"type":    ref.RefType.String(),
			"traceId": hex(ref.TraceIdHigh) + hex(ref.TraceIdLow), "spanId": hex(ref.SpanId),
		})
	}
	logs := []any{}
	for _, log := range span.Logs {
		logs = append(logs, map[string]any{"timeNano": nano(log.Timestamp), "fields": tags(log.Fields)})
	}
	return map[string]any{
		"traceId":       hex(span.TraceIdHigh) + hex(span.TraceIdLow),
		"spanId":        hex(span.SpanId),
		"operationName": span.OperationName,
		"references":    references,
		"flags":         span.Flags,
		"startNano":     nano(span.StartTime),
		"durationNano":  nano(span.Duration),
		"tags":          tags(span.Tags),
		"logs":          logs,
		"process":       map[string]any{"serviceName": process.ServiceName, "tags": tags(process.Tags)},
		"warnings":      []any{},
	}
}

func hex(id int64) string { return fmt.Sprintf("%016x", uint64(id)) }

func nano(micros int64) string { return strconv.FormatInt(micros*1000, 10) }

func tags(list []*thrift.Tag) []any {
	result := []any{}
	for _, tag := range list {
		result = append(result, map[string]any{"key": tag.Key, "value": value(tag)})
	}
	return result
}

func value(tag *thrift.Tag) map[string]any {
	switch tag.VType {
	case thrift.TagType_DOUBLE:
		return map[string]any{"double": tag.GetVDouble()}
	case thrift.TagType_BOOL:
		return map[string]any{"bool": tag.GetVBool()}
	case thrift.TagType_LONG:
		return map[string]any{"int": strconv.FormatInt(tag.GetVLong(), 10)}
	case thrift.TagType_BINARY:
		return map[string]any{"bytes": tag.GetVBinary()}
	default:
		return map[string]any{"string": tag.GetVStr()}
	}
}
