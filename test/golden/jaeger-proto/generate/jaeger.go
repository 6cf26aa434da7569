package main

import (
	"fmt"
	"math"
	"math/rand"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"
)

var start = time.Unix(1_700_000_000, 123_456_789).UTC()

// jaegerBatches are the batches by name; each is about one rule of the translation.
func jaegerBatches() map[string]*model.Batch {
	return map[string]*model.Batch{
		"values":     batch(shop(), valueSpans()...),
		"processes":  processBatch(),
		"no-process": batch(nil, span(1)),
		"no-service": batch(&model.Process{
			ServiceName: "OTLPResourceNoServiceName",
			Tags:        []model.KeyValue{model.String("rack", "r1")},
		}, span(1)),
		"service-tag": batch(&model.Process{
			ServiceName: "field",
			Tags:        []model.KeyValue{model.String("service.name", "tag")},
		}, span(1)),
		"kinds":      batch(shop(), kindSpans()...),
		"status":     batch(shop(), statusSpans()...),
		"http":       batch(shop(), httpSpans()...),
		"references": batch(shop(), referenceSpans()...),
		"scopes":     batch(shop(), scopeSpans()...),
		"logs":       batch(shop(), logSpans()...),
		"flags":      batch(shop(), flagSpans()...),
		"times":      batch(shop(), timeSpans()...),
		"many":       batch(shop(), manySpans(100)...),
	}
}

func batch(process *model.Process, spans ...*model.Span) *model.Batch {
	return &model.Batch{Process: process, Spans: spans}
}

func shop() *model.Process {
	return &model.Process{ServiceName: "shop", Tags: []model.KeyValue{
		model.String("hostname", "web-1"),
		model.String("jaeger.version", "Go-2.30.0"),
		model.Int64("ip", 167772161),
		model.String("client-uuid", "5d4c1a"),
	}}
}

func span(id uint64, tags ...model.KeyValue) *model.Span {
	return &model.Span{
		TraceID:       model.NewTraceID(0x0102030405060708, 0x1112131415161718),
		SpanID:        model.NewSpanID(id),
		OperationName: fmt.Sprintf("operation %d", id),
		StartTime:     start,
		Duration:      1500 * time.Microsecond,
		Tags:          tags,
	}
}

func numbered(lists ...[]model.KeyValue) []*model.Span {
	spans := make([]*model.Span, 0, len(lists))
	for i, tags := range lists {
		spans = append(spans, span(uint64(i+1), tags...))
	}
	return spans
}

func tags(tags ...model.KeyValue) []model.KeyValue { return tags }

func valueSpans() []*model.Span {
	return numbered(
		tags(
			model.String("text", "grüße, 世界"), model.String("empty", ""),
			model.Bool("yes", true), model.Bool("no", false),
			model.Int64("small", 1), model.Int64("negative", -1), model.Int64("zero", 0),
			model.Int64("over 2^53", 9007199254740993), model.Int64("least", math.MinInt64),
			model.Float64("half", 0.5), model.Float64("none", 0), model.Float64("huge", 1e300),
			model.Float64("minus zero", math.Copysign(0, -1)),
			model.Binary("bytes", []byte{0, 1, 255}), model.Binary("no bytes", nil),
		),
		tags(model.KeyValue{Key: "odd", VType: 9, VStr: "lost"}),
		tags(model.KeyValue{Key: "two values", VType: model.Int64Type, VInt64: 7, VStr: "lost"}),
		tags(model.String("twice", "first"), model.String("other", "x"), model.String("twice", "second")),
		tags(model.String("", "no key")),
		nil,
	)
}

func processBatch() *model.Batch {
	own := span(2)
	own.Process = &model.Process{ServiceName: "own", Tags: tags(model.String("zone", "a"))}
	same := span(3)
	same.Process = &model.Process{ServiceName: "own", Tags: tags(model.String("zone", "a"))}
	other := span(4)
	other.Process = &model.Process{ServiceName: "own", Tags: tags(model.String("zone", "b"))}
	hosts := span(5)
	hosts.Process = &model.Process{ServiceName: "hosts", Tags: tags(
		model.String("hostname", "old"), model.String("host.name", "kept"),
		model.String("jaeger.version", "x"), model.String("opencensus.exporterversion", "kept"),
	)}
	unnamed := span(6)
	unnamed.Process = &model.Process{Tags: tags(model.String("zone", "c"))}
	bare := span(7)
	bare.Process = &model.Process{ServiceName: "bare"}
	numeric := span(8)
	numeric.Process = &model.Process{ServiceName: "numeric", Tags: tags(
		model.Int64("hostname", 5), model.Int64("jaeger.version", 3),
	)}
	return batch(shop(), span(1), own, same, other, hosts, unnamed, bare, numeric)
}

func kindSpans() []*model.Span {
	var lists [][]model.KeyValue
	for _, kind := range []string{"client", "server", "producer", "consumer", "internal", "SERVER", ""} {
		lists = append(lists, tags(model.String("a", "b"), model.String("span.kind", kind)))
	}
	return numbered(append(lists, tags(model.Int64("span.kind", 2)))...)
}

func statusSpans() []*model.Span {
	truth := model.Bool("error", true)
	return numbered(
		tags(truth),
		tags(model.Bool("error", false)),
		tags(model.String("error", "true")),
		tags(truth, model.String("otel.status_description", "broken")),
		tags(truth, model.String("http.status_message", "Bad Gateway")),
		tags(truth, model.String("otel.status_description", "first"), model.String("http.status_message", "second")),
		tags(truth, model.String("otel.status_code", "OK")),
		tags(model.String("otel.status_code", "OK")),
		tags(model.String("otel.status_code", "error"), model.String("otel.status_description", "lower")),
		tags(model.String("otel.status_code", "UNSET"), model.String("otel.status_description", "why")),
		tags(model.String("otel.status_code", "odd")),
		tags(model.Int64("otel.status_code", 2)),
		tags(model.String("otel.status_description", "alone")),
		tags(model.String("otel.status_code", "OK"), model.Int64("http.status_code", 500)),
		tags(truth, model.Int64("otel.status_description", 7)),
		tags(model.String("w3c.tracestate", "ot=th:8,a=b"), model.String("kept", "x")),
		tags(model.Int64("w3c.tracestate", 1)),
	)
}

func httpSpans() []*model.Span {
	var lists [][]model.KeyValue
	for _, code := range []int64{99, 100, 200, 398, 399, 400, 404, 499, 500, 0, -1} {
		lists = append(lists, tags(model.Int64("http.status_code", code)))
	}
	for _, kind := range []string{"client", "server", "producer"} {
		lists = append(lists, tags(model.String("span.kind", kind), model.Int64("http.status_code", 404)))
	}
	for _, text := range []string{"500", "+500", "200", "5e2", "", "99999999999999999999"} {
		lists = append(lists, tags(model.String("http.status_code", text)))
	}
	return numbered(append(lists,
		tags(model.Float64("http.status_code", 500)),
		tags(model.Int64("http.status_code", 500), model.String("http.status_message", "Oops")),
		tags(model.Int64("http.status_code", 200), model.String("http.status_message", "Fine")),
		tags(model.Int64("http.response.status_code", 500)),
	)...)
}

func referenceSpans() []*model.Span {
	here := model.NewTraceID(0x0102030405060708, 0x1112131415161718)
	there := model.NewTraceID(0, 77)
	child, follows := model.ChildOf, model.FollowsFrom
	ref := func(trace model.TraceID, id uint64, kind model.SpanRefType) model.SpanRef {
		return model.SpanRef{TraceID: trace, SpanID: model.NewSpanID(id), RefType: kind}
	}
	lists := [][]model.SpanRef{
		{ref(here, 100, child)},
		{ref(here, 100, follows)},
		{ref(here, 100, follows), ref(here, 101, child)},
		{ref(here, 100, child), ref(here, 101, child), ref(there, 102, follows)},
		{ref(there, 100, child)},
		{ref(there, 100, follows)},
		{ref(here, 100, child), ref(there, 100, child)},
		{ref(here, 0, child)},
		{ref(there, 0, child), ref(here, 100, follows)},
		{ref(here, 100, follows), ref(here, 101, follows)},
	}
	var spans []*model.Span
	for i, list := range lists {
		one := span(uint64(i + 1))
		one.References = list
		spans = append(spans, one)
	}
	short := span(50)
	short.TraceID = there
	short.References = []model.SpanRef{ref(there, 51, child)}
	return append(spans, short)
}

func scopeSpans() []*model.Span {
	name, version := "otel.scope.name", "otel.scope.version"
	return numbered(
		tags(model.String(name, "lib"), model.String(version, "1.0")),
		tags(model.String("a", "b"), model.String(version, "1.0"), model.String(name, "lib")),
		tags(model.String(name, "lib"), model.String(version, "2.0")),
		tags(model.String(name, "lib")),
		tags(model.String(version, "1.0")),
		tags(model.Int64(name, 5), model.String(version, "1.0")),
		tags(model.String(name, "")),
		nil,
	)
}

func logSpans() []*model.Span {
	log := func(fields ...model.KeyValue) model.Log {
		return model.Log{Timestamp: start.Add(time.Nanosecond), Fields: fields}
	}
	lists := [][]model.Log{
		{log(model.String("event", "begin"), model.Int64("n", 1)), log(model.Int64("n", 2), model.String("event", "end"))},
		{log(model.String("message", "no name"))},
		{log()},
		{log(model.Int64("event", 5))},
		{log(model.String("event", ""))},
		{{Timestamp: time.Unix(0, 0).UTC(), Fields: tags(model.Bool("early", true))}},
	}
	var spans []*model.Span
	for i, list := range lists {
		one := span(uint64(i + 1))
		one.Logs = list
		spans = append(spans, one)
	}
	return spans
}

func flagSpans() []*model.Span {
	var spans []*model.Span
	for i, flags := range []model.Flags{0, 1, 2, 3, 9, 0xffffffff} {
		one := span(uint64(i+1), model.String("a", "b"))
		one.Flags = flags
		spans = append(spans, one)
	}
	warned := span(7)
	warned.Warnings = []string{"clock skew", "", "second"}
	named := span(8)
	named.ProcessID = "p1"
	return append(spans, warned, named)
}

func timeSpans() []*model.Span {
	times := []struct {
		start    time.Time
		duration time.Duration
	}{
		{start, 0},
		{start, 1},
		{start, 999_999_999},
		{start, 36 * time.Hour},
		{start, -1},
		{start, -5 * time.Second},
		{time.Unix(0, 0).UTC(), time.Second},
		{time.Unix(-5, 500).UTC(), time.Second},
		{time.Unix(9_223_372_036, 0).UTC(), 0},
	}
	var spans []*model.Span
	for i, at := range times {
		one := span(uint64(i + 1))
		one.StartTime, one.Duration = at.start, at.duration
		spans = append(spans, one)
	}
	return spans
}

// manySpans are spans as a busy service sends them, the same in each run.
func manySpans(count int) []*model.Span {
	random := rand.New(rand.NewSource(42))
	var spans []*model.Span
	for i := range count {
		one := span(uint64(i+1),
			model.String("span.kind", []string{"client", "server", "internal"}[random.Intn(3)]),
			model.String("http.method", []string{"GET", "POST", "PUT"}[random.Intn(3)]),
			model.String("http.url", fmt.Sprintf("http://shop.example/cart/%d", random.Intn(1000))),
			model.Int64("http.status_code", int64([]int{200, 201, 404, 500}[random.Intn(4)])),
			model.String("component", "net/http"),
			model.Float64("sampler.param", 0.25),
			model.String("peer.address", fmt.Sprintf("10.0.0.%d:8080", random.Intn(255))),
		)
		one.TraceID = model.NewTraceID(random.Uint64(), random.Uint64())
		one.StartTime = start.Add(time.Duration(random.Int63n(int64(time.Hour))))
		one.Duration = time.Duration(random.Int63n(int64(time.Second)))
		if i > 0 {
			one.References = []model.SpanRef{model.NewChildOfRef(one.TraceID, model.NewSpanID(uint64(i)))}
		}
		if random.Intn(4) == 0 {
			one.Tags = append(one.Tags, model.Bool("error", true))
			one.Logs = []model.Log{{Timestamp: one.StartTime, Fields: tags(
				model.String("event", "error"), model.String("message", "timed out"),
			)}}
		}
		spans = append(spans, one)
	}
	return spans
}
