package main

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// otlpTraces are pieces of OTLP by name; each is about one rule of the translation.
func otlpTraces() map[string]ptrace.Traces {
	return map[string]ptrace.Traces{
		"values":    otlpValues(),
		"status":    otlpStatus(),
		"links":     otlpLinks(),
		"events":    otlpEvents(),
		"scopes":    otlpScopes(),
		"resources": otlpResources(),
		"times":     otlpTimes(),
		"many":      otlpMany(),
	}
}

func newTraces(attributes map[string]any) (ptrace.Traces, ptrace.ScopeSpans) {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	must(resource.Resource().Attributes().FromRaw(attributes))
	return traces, resource.ScopeSpans().AppendEmpty()
}

var named = map[string]any{"service.name": "shop"}

func otlpSpan(spans ptrace.ScopeSpans, id byte) ptrace.Span {
	span := spans.Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	span.SetSpanID(pcommon.SpanID{7: id})
	span.SetName("operation")
	span.SetStartTimestamp(1_700_000_000_123_456_789)
	span.SetEndTimestamp(1_700_000_000_123_456_790)
	return span
}

func otlpValues() ptrace.Traces {
	traces, spans := newTraces(map[string]any{"service.name": "shop"})
	attributes := otlpSpan(spans, 1).Attributes()
	attributes.PutStr("text", "grüße <b>&amp;</b>")
	attributes.PutStr("empty text", "")
	attributes.PutBool("yes", true)
	attributes.PutBool("no", false)
	attributes.PutInt("int", math.MinInt64)
	attributes.PutInt("zero", 0)
	attributes.PutDouble("double", 0.1)
	attributes.PutDouble("minus zero", math.Copysign(0, -1))
	attributes.PutDouble("nan", math.NaN())
	attributes.PutEmptyBytes("bytes").FromRaw([]byte{0, 255})
	attributes.PutEmptyBytes("no bytes")
	attributes.PutEmpty("empty")
	list := attributes.PutEmptySlice("list")
	must(list.FromRaw([]any{"a", int64(1), 1.5, true, nil, []byte{1, 2}, []any{}, "<>&\u2028\t\b"}))
	must(attributes.PutEmptySlice("numbers").FromRaw([]any{
		1e21, 1e-7, 1e20, 1e-6, 123456789.125, int64(9007199254740993), math.Copysign(0, -1),
	}))
	must(attributes.PutEmptyMap("map").FromRaw(map[string]any{
		"z": 1, "a": map[string]any{"deep": []any{map[string]any{}}}, "ü": "x", "\U0001F600": 1, "\uffff": 2,
	}))
	attributes.PutEmptySlice("empty list")
	attributes.PutEmptyMap("empty map")
	attributes.PutEmptySlice("nan list").AppendEmpty().SetDouble(math.NaN())
	return traces
}

func otlpStatus() ptrace.Traces {
	traces, spans := newTraces(named)
	id := byte(0)
	for kind := ptrace.SpanKindUnspecified; kind <= ptrace.SpanKindConsumer+1; kind++ {
		id++
		otlpSpan(spans, id).SetKind(kind)
	}
	for _, code := range []ptrace.StatusCode{ptrace.StatusCodeUnset, ptrace.StatusCodeOk, ptrace.StatusCodeError} {
		for _, message := range []string{"", "why"} {
			id++
			span := otlpSpan(spans, id)
			span.Status().SetCode(code)
			span.Status().SetMessage(message)
			span.SetKind(ptrace.SpanKindServer)
			span.Attributes().PutStr("a", "b")
			span.TraceState().FromRaw("ot=th:8")
		}
	}
	id++
	span := otlpSpan(spans, id)
	span.SetFlags(0x301)
	span.Attributes().PutInt("http.status_code", 500)
	span.Attributes().PutInt("http.response.status_code", 500)
	return traces
}

func otlpLinks() ptrace.Traces {
	traces, spans := newTraces(named)
	own := pcommon.TraceID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	link := func(span ptrace.Span, trace pcommon.TraceID, id byte, kind string) {
		link := span.Links().AppendEmpty()
		link.SetTraceID(trace)
		link.SetSpanID(pcommon.SpanID{7: id})
		link.TraceState().FromRaw("lost=1")
		link.Attributes().PutStr("lost", "x")
		if kind != "" {
			link.Attributes().PutStr("opentracing.ref_type", kind)
		}
	}
	other := pcommon.TraceID{15: 9}
	parent := pcommon.SpanID{7: 100}
	for i, kind := range []string{"", "child_of", "follows_from", "odd"} {
		alone := otlpSpan(spans, byte(10*i+1))
		link(alone, other, 50, kind)
		toParent := otlpSpan(spans, byte(10*i+2))
		toParent.SetParentSpanID(parent)
		link(toParent, own, 100, kind)
		elsewhere := otlpSpan(spans, byte(10*i+3))
		elsewhere.SetParentSpanID(parent)
		link(elsewhere, other, 100, kind)
		link(elsewhere, own, 51, kind)
	}
	empty := otlpSpan(spans, 90)
	empty.Links().AppendEmpty()
	return traces
}

func otlpEvents() ptrace.Traces {
	traces, spans := newTraces(named)
	span := otlpSpan(spans, 1)
	first := span.Events().AppendEmpty()
	first.SetName("named")
	first.SetTimestamp(1_700_000_000_000_000_001)
	first.Attributes().PutInt("n", 1)
	second := span.Events().AppendEmpty()
	second.SetName("hidden")
	second.Attributes().PutStr("event", "shown")
	third := span.Events().AppendEmpty()
	third.SetTimestamp(5)
	return traces
}

func otlpScopes() ptrace.Traces {
	traces, spans := newTraces(named)
	spans.Scope().SetName("lib")
	spans.Scope().SetVersion("1.0")
	spans.Scope().Attributes().PutStr("lost", "x")
	spans.SetSchemaUrl("https://lost.example")
	otlpSpan(spans, 1).Attributes().PutStr("a", "b")
	versioned := traces.ResourceSpans().At(0).ScopeSpans().AppendEmpty()
	versioned.Scope().SetVersion("2.0")
	otlpSpan(versioned, 2)
	unnamed := traces.ResourceSpans().At(0).ScopeSpans().AppendEmpty()
	otlpSpan(unnamed, 3)
	return traces
}

func otlpResources() ptrace.Traces {
	traces := ptrace.NewTraces()
	for i, fill := range []func(pcommon.Map){
		func(pcommon.Map) {},
		func(attributes pcommon.Map) { attributes.PutStr("zone", "a") },
		func(attributes pcommon.Map) { attributes.PutStr("service.name", "only") },
		func(attributes pcommon.Map) {
			attributes.PutStr("zone", "a")
			attributes.PutStr("service.name", "last")
			attributes.PutInt("n", 1)
			attributes.PutStr("host.name", "h")
			attributes.PutStr("opencensus.exporterversion", "Jaeger-Go-2.30.0")
		},
		func(attributes pcommon.Map) { attributes.PutInt("service.name", 5) },
		func(attributes pcommon.Map) { attributes.PutStr("service.name", "") },
	} {
		resource := traces.ResourceSpans().AppendEmpty()
		fill(resource.Resource().Attributes())
		otlpSpan(resource.ScopeSpans().AppendEmpty(), byte(i+1))
	}
	return traces
}

func otlpTimes() ptrace.Traces {
	traces, spans := newTraces(named)
	for i, at := range [][2]pcommon.Timestamp{
		{0, 0},
		{0, 1},
		{1, math.MaxInt64},
		{999_999_999, 1_000_000_000},
		{1_700_000_000_000_000_000, 1_700_000_000_000_000_000},
		{math.MaxInt64, math.MaxInt64},
	} {
		span := otlpSpan(spans, byte(i+1))
		span.SetStartTimestamp(at[0])
		span.SetEndTimestamp(at[1])
	}
	return traces
}

func otlpMany() ptrace.Traces {
	traces, spans := newTraces(map[string]any{"service.name": "shop"})
	spans.Scope().SetName("http")
	for i := range 25 {
		span := otlpSpan(spans, byte(i+1))
		span.SetKind(ptrace.SpanKindServer)
		span.Attributes().PutStr("url.path", "/cart")
		span.Attributes().PutInt("http.response.status_code", 200)
	}
	return traces
}
