package main

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type attributes = map[string]any

// Resources, and the attributes of a span of each: whatever says who took part in a call.
var calls = []struct{ resource, span attributes }{
	{attributes{"service.name": "shop", "host.name": "a"}, attributes{"network.peer.address": "10.1.2.3", "net.peer.port": 8080}},
	{attributes{"service.name": "shop"}, attributes{"net.peer.ip": "::1", "net.peer.port": "x", "peer.service": "stock"}},
	{attributes{"service.name": "shop"}, attributes{"service.peer.name": "new", "peer.service": "old"}},
	{attributes{"service.name": "shop"}, attributes{"net.peer.port": 70000, "peer.service": "stock"}},
	{attributes{"service.name": "shop"}, attributes{"net.peer.port": 443}},
	{attributes{"service.name": "shop"}, attributes{"net.host.ip": "10.0.0.1", "net.host.port": 80}},
	{attributes{"service.name": "shop"}, attributes{"network.local.address": "2001:db8::1", "net.host.port": 80}},
	{attributes{"service.name": "shop"}, attributes{"net.peer.ip": "no address", "peer.service": "stock"}},
	{attributes{"service.name": "shop"}, attributes{"network.peer.address": "/run/stock.sock"}},
	{attributes{"faas.name": "resize", "k8s.deployment.name": "d"}, attributes{}},
	{attributes{"k8s.deployment.name": "d", "process.executable.name": "e"}, attributes{}},
	{attributes{"process.executable.name": "e"}, attributes{}},
	{attributes{"host.name": "a"}, attributes{}},
	{attributes{"service.name": ""}, attributes{}},
	{attributes{}, attributes{"error": "false", "http.response.status_code": 404}},
	{attributes{"service.name": "shop", "region": "of the resource"}, attributes{"region": "of the span", "http.response.status_code": 404, "http.status_code": 500}},
	{attributes{"service.name": "shop", "cloud.resource_id": "c"}, attributes{}},
	{attributes{"service.name": "shop", "cloud.resource_id": "c", "faas.id": "f"}, attributes{}},
	{attributes{"service.name": "shop", "peer.service": "of the resource"}, attributes{"span.kind": "mine"}},
}

func endpoints() ptrace.Traces {
	traces := ptrace.NewTraces()
	for i, call := range calls {
		group := traces.ResourceSpans().AppendEmpty()
		put(group.Resource().Attributes(), call.resource)
		span := group.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{15: 1})
		span.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		span.SetName(fmt.Sprintf("Call %d", i))
		span.SetKind(ptrace.SpanKind(i % 6))
		span.SetStartTimestamp(pcommon.Timestamp(1_700_000_000_123_456_500 + i))
		span.SetEndTimestamp(pcommon.Timestamp(1_700_000_000_123_456_500 + i*501))
		put(span.Attributes(), call.span)
	}
	return traces
}

func put(target pcommon.Map, values attributes) {
	if err := target.FromRaw(values); err != nil {
		panic(err)
	}
}
