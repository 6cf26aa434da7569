package main

import (
	"fmt"
	"math"
	"math/rand"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// otlpTraces are random spans with ids from 1 on, of some resources and scopes.
func otlpTraces(count int) ptrace.Traces {
	random := rand.New(rand.NewSource(65))
	traces := ptrace.NewTraces()
	for id := uint64(1); id <= uint64(count); {
		resource := traces.ResourceSpans().AppendEmpty()
		fillResource(random, resource.Resource())
		if random.Intn(3) == 0 {
			resource.SetSchemaUrl("https://opentelemetry.io/schemas/1.26.0")
		}
		for range 1 + random.Intn(3) {
			spans := resource.ScopeSpans().AppendEmpty()
			fillScope(random, spans)
			for range 1 + random.Intn(8) {
				fillSpan(random, spans.Spans().AppendEmpty(), id)
				id++
			}
		}
	}
	return traces
}

func fillResource(random *rand.Rand, resource pcommon.Resource) {
	attributes := resource.Attributes()
	if random.Intn(5) > 0 {
		attributes.PutStr("service.name", pick(random, "cart", "front", "müll"))
	}
	if random.Intn(2) == 0 {
		attributes.PutStr("host.name", "web-1")
	}
	fillAttributes(random, attributes, random.Intn(3))
	if random.Intn(5) == 0 {
		resource.SetDroppedAttributesCount(3)
	}
}

func fillScope(random *rand.Rand, spans ptrace.ScopeSpans) {
	scope := spans.Scope()
	scope.SetName(pick(random, "", "lib", "other"))
	scope.SetVersion(pick(random, "", "1.0"))
	if random.Intn(4) == 0 {
		fillAttributes(random, scope.Attributes(), 1)
	}
	if random.Intn(4) == 0 {
		spans.SetSchemaUrl("https://opentelemetry.io/schemas/1.26.0")
	}
}

func fillSpan(random *rand.Rand, span ptrace.Span, id uint64) {
	own := otlpTraceID(random)
	span.SetTraceID(own)
	span.SetSpanID(spanID(id))
	if random.Intn(3) > 0 {
		span.SetParentSpanID(spanID(uint64(1 + random.Intn(4))))
	}
	span.SetName(pick(random, "GET /cart", "charge", "grüße"))
	span.SetKind(ptrace.SpanKind(random.Intn(7)))
	span.SetFlags(pick[uint32](random, 0, 0, 1, 0x101, 0x301))
	begin := start.Add(time.Duration(random.Int63n(int64(time.Hour))))
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(begin))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(begin.Add(time.Duration(random.Int63n(int64(time.Second))))))
	span.TraceState().FromRaw(pick(random, "", "", "ot=th:8"))
	if random.Intn(2) == 0 {
		span.Status().SetCode(ptrace.StatusCode(random.Intn(3)))
		span.Status().SetMessage(pick(random, "", "why"))
	}
	fillAttributes(random, span.Attributes(), random.Intn(6))
	for range random.Intn(3) {
		event := span.Events().AppendEmpty()
		event.SetName(pick(random, "", "retry"))
		event.SetTimestamp(pcommon.NewTimestampFromTime(begin.Add(time.Duration(random.Intn(1_000_000)))))
		fillAttributes(random, event.Attributes(), random.Intn(3))
		if random.Intn(6) == 0 {
			event.Attributes().PutStr("event", "shown")
		}
	}
	for range random.Intn(3) {
		link := span.Links().AppendEmpty()
		link.SetTraceID(pick(random, own, otlpTraceID(random)))
		link.SetSpanID(spanID(uint64(1 + random.Intn(4))))
		if random.Intn(2) == 0 {
			link.Attributes().PutStr("opentracing.ref_type", pick(random, "child_of", "follows_from", "odd"))
		}
		if random.Intn(4) == 0 {
			link.Attributes().PutStr("lost", "x")
			link.TraceState().FromRaw("lost=1")
		}
	}
	if random.Intn(8) == 0 {
		span.SetDroppedAttributesCount(1)
		span.SetDroppedEventsCount(2)
		span.SetDroppedLinksCount(3)
	}
}

func fillAttributes(random *rand.Rand, attributes pcommon.Map, count int) {
	for _, at := range random.Perm(9)[:count] {
		fillValue(random, attributes.PutEmpty(fmt.Sprintf("key.%d", at)), 2)
	}
}

func fillValue(random *rand.Rand, value pcommon.Value, depth int) {
	switch random.Intn(10) {
	case 0:
		value.SetBool(random.Intn(2) == 0)
	case 1:
		value.SetInt(pick[int64](random, 0, -1, 9007199254740993, math.MinInt64, random.Int63()))
	case 2:
		value.SetDouble(pick(random, 0, 0.1, -72.5, 1e300, math.Copysign(0, -1), random.NormFloat64()))
	case 3:
		bytes := make([]byte, random.Intn(8))
		random.Read(bytes)
		value.SetEmptyBytes().FromRaw(bytes)
	case 4:
		list := value.SetEmptySlice()
		for range random.Intn(3) * min(depth, 1) {
			fillValue(random, list.AppendEmpty(), depth-1)
		}
	case 5:
		entries := value.SetEmptyMap()
		for at := range random.Intn(3) * min(depth, 1) {
			fillValue(random, entries.PutEmpty(fmt.Sprintf("entry.%d", at)), depth-1)
		}
	case 6:
		// Stays empty.
	default:
		value.SetStr(pick(random, "", "x", "Ünï😀 <&>", "500", "a longer text with words in it"))
	}
}

func otlpTraceID(random *rand.Rand) pcommon.TraceID {
	return pcommon.TraceID{7: byte(random.Intn(2)), 15: byte(1 + random.Intn(5))}
}

func spanID(number uint64) pcommon.SpanID {
	return pcommon.SpanID{6: byte(number >> 8), 7: byte(number)}
}
