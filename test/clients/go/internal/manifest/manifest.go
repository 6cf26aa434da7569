// Package manifest is the JSON form in which the peer programs say what they
// sent and what they read back. test/clients/README.md describes it.
package manifest

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"

	"go.opentelemetry.io/otel/trace"
)

// Value is one attribute value, tagged by its type, so that the number 500,
// the double 500 and the text "500" stay three different values:
// {"int": "500"}, {"double": 500}, {"string": "500"}.
type Value map[string]any

// String is the tagged form of a text.
func String(v string) Value { return Value{"string": v} }

// Bool is the tagged form of a bool.
func Bool(v bool) Value { return Value{"bool": v} }

// Int is the tagged form of a 64-bit integer, as decimal text.
func Int(v int64) Value { return Value{"int": strconv.FormatInt(v, 10)} }

// Double is the tagged form of a floating point number.
func Double(v float64) Value { return Value{"double": v} }

// Bytes is the tagged form of bytes, as standard base64.
func Bytes(v []byte) Value { return Value{"bytes": base64.StdEncoding.EncodeToString(v)} }

// Array is the tagged form of a list.
func Array(v []Value) Value {
	if v == nil {
		v = []Value{}
	}
	return Value{"array": v}
}

// Map is the tagged form of a map.
func Map(v map[string]Value) Value { return Value{"map": v} }

// Scope is the instrumentation scope of a span.
type Scope struct {
	Name       string           `json:"name"`
	Version    string           `json:"version"`
	Attributes map[string]Value `json:"attributes"`
}

// Event is one event of a span.
type Event struct {
	Name       string           `json:"name"`
	TimeNano   string           `json:"timeNano"`
	Attributes map[string]Value `json:"attributes"`
}

// Link is one link of a span.
type Link struct {
	TraceID    string           `json:"traceId"`
	SpanID     string           `json:"spanId"`
	TraceState string           `json:"traceState"`
	Attributes map[string]Value `json:"attributes"`
}

// Status is the status of a span; Code is unset, ok or error.
type Status struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Span is one OTLP span with its resource and scope.
type Span struct {
	TraceID      string           `json:"traceId"`
	SpanID       string           `json:"spanId"`
	ParentSpanID string           `json:"parentSpanId"`
	TraceState   string           `json:"traceState"`
	Name         string           `json:"name"`
	Kind         string           `json:"kind"`
	StartNano    string           `json:"startNano"`
	EndNano      string           `json:"endNano"`
	Attributes   map[string]Value `json:"attributes"`
	Events       []Event          `json:"events"`
	Links        []Link           `json:"links"`
	Status       Status           `json:"status"`
	Resource     map[string]Value `json:"resource"`
	Scope        Scope            `json:"scope"`
}

// KeyValue is one tag of Jaeger's model.
type KeyValue struct {
	Key   string `json:"key"`
	Value Value  `json:"value"`
}

// Log is one log of Jaeger's model.
type Log struct {
	TimeNano string     `json:"timeNano"`
	Fields   []KeyValue `json:"fields"`
}

// Reference is one span reference of Jaeger's model.
type Reference struct {
	Type    string `json:"type"`
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
}

// Process is the process of a span in Jaeger's model.
type Process struct {
	ServiceName string     `json:"serviceName"`
	Tags        []KeyValue `json:"tags"`
}

// JaegerSpan is one span of Jaeger's model.
type JaegerSpan struct {
	TraceID       string      `json:"traceId"`
	SpanID        string      `json:"spanId"`
	OperationName string      `json:"operationName"`
	References    []Reference `json:"references"`
	Flags         uint32      `json:"flags"`
	StartNano     string      `json:"startNano"`
	DurationNano  string      `json:"durationNano"`
	Tags          []KeyValue  `json:"tags"`
	Logs          []Log       `json:"logs"`
	Process       Process     `json:"process"`
	Warnings      []string    `json:"warnings"`
}

// Sent is what a sending program prints.
type Sent struct {
	Client string `json:"client"`
	Spans  any    `json:"spans"`
}

// SpanIDs are span ids by trace id, hex.
type SpanIDs map[string][]string

// Add takes a span down.
func (s SpanIDs) Add(span trace.SpanContext) {
	id := span.TraceID().String()
	s[id] = append(s[id], span.SpanID().String())
}

// Load is what a sending program prints after it has sent at a steady rate.
type Load struct {
	Client string `json:"client"`
	// Made are all spans, Delivered those that the exporter says were taken.
	Made      SpanIDs `json:"made"`
	Delivered SpanIDs `json:"delivered"`
	// FailedExports are calls of the exporter that failed for good.
	FailedExports int `json:"failedExports"`
	// Refusals are answers UNAVAILABLE, RefusalsRetryInfo those of them that say
	// when to try again.
	Refusals          int64 `json:"refusals"`
	RefusalsRetryInfo int64 `json:"refusalsRetryInfo"`
}

// Print writes a value as one JSON document to standard output.
func Print(v any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
