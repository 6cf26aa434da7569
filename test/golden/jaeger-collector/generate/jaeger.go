package main

import (
	"fmt"
	"math"
	"math/rand"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"
)

var start = time.Unix(1_700_000_000, 123_456_789).UTC()

// jaegerSpans are random spans with ids from 1 on, each with its process.
func jaegerSpans(count int) []*model.Span {
	random := rand.New(rand.NewSource(155))
	spans := make([]*model.Span, count)
	for i := range spans {
		spans[i] = jaegerSpan(random, uint64(i+1))
	}
	return spans
}

func jaegerSpan(random *rand.Rand, id uint64) *model.Span {
	span := &model.Span{
		TraceID:       traceID(random),
		SpanID:        model.NewSpanID(id),
		OperationName: pick(random, "GET /cart", "charge", "grüße", "SELECT", ""),
		StartTime:     start.Add(time.Duration(random.Int63n(int64(time.Hour)))),
		Duration:      duration(random),
		Flags:         pick[model.Flags](random, 0, 0, 1, 1, 1, 2, 3, 9),
		Process:       process(random),
		Tags:          tags(random, random.Intn(6)),
	}
	for range random.Intn(3) {
		span.References = append(span.References, reference(random, span.TraceID))
	}
	for range random.Intn(3) {
		log := model.Log{
			Timestamp: span.StartTime.Add(time.Duration(random.Intn(1_000_000))),
			Fields:    tags(random, random.Intn(3)),
		}
		if random.Intn(2) == 0 {
			log.Fields = append(log.Fields, pick(random, model.String("event", "retry"), model.String("event", "retry"), model.Int64("event", 5)))
		}
		span.Logs = append(span.Logs, log)
	}
	if random.Intn(3) == 0 {
		span.Tags = append(span.Tags, special(random)...)
	}
	random.Shuffle(len(span.Tags), func(i, j int) {
		span.Tags[i], span.Tags[j] = span.Tags[j], span.Tags[i]
	})
	if random.Intn(20) == 0 {
		span.Warnings = []string{"clock skew", "second"}
	}
	return span
}

func duration(random *rand.Rand) time.Duration {
	if random.Intn(40) == 0 {
		return pick[time.Duration](random, 0, -1, -5*time.Second)
	}
	return time.Duration(random.Int63n(int64(time.Second)))
}

func traceID(random *rand.Rand) model.TraceID {
	return model.NewTraceID(pick[uint64](random, 0, 7, 0x0102030405060708), uint64(1+random.Intn(5)))
}

func reference(random *rand.Rand, own model.TraceID) model.SpanRef {
	return model.SpanRef{
		TraceID: pick(random, own, own, own, traceID(random)),
		SpanID:  model.NewSpanID(uint64(1 + random.Intn(4))),
		RefType: pick(random, model.ChildOf, model.ChildOf, model.FollowsFrom),
	}
}

// process is one of few, so that spans share them; sometimes one without a name or without all.
func process(random *rand.Rand) *model.Process {
	service := pick(random, "cart", "front", "müll", "stock", "stock")
	if random.Intn(30) == 0 {
		service = ""
	}
	process := &model.Process{ServiceName: service}
	if random.Intn(3) > 0 {
		process.Tags = append(process.Tags, model.String("hostname", pick(random, "web-1", "web-2")))
	}
	if random.Intn(2) == 0 {
		process.Tags = append(process.Tags, pick(random, model.String("jaeger.version", "Go-2.30.0"), model.Int64("ip", 167772161)))
	}
	return process
}

// tags have different keys, as the translator keeps only one of a key.
func tags(random *rand.Rand, count int) []model.KeyValue {
	var tags []model.KeyValue
	for _, at := range random.Perm(9)[:count] {
		tags = append(tags, tag(random, fmt.Sprintf("key.%d", at)))
	}
	return tags
}

func tag(random *rand.Rand, key string) model.KeyValue {
	switch random.Intn(7) {
	case 0:
		return model.Bool(key, random.Intn(2) == 0)
	case 1:
		return model.Int64(key, pick[int64](random, 0, -1, 9007199254740993, math.MinInt64, random.Int63()))
	case 2:
		return model.Float64(key, pick(random, 0, 0.1, -72.5, 1e300, random.NormFloat64()))
	case 3:
		bytes := make([]byte, random.Intn(8))
		random.Read(bytes)
		return model.Binary(key, bytes)
	default:
		return model.String(key, pick(random, "", "x", "Ünï😀", "500", "a longer text with words in it"))
	}
}

// special are tags that have a place of their own in OTLP.
func special(random *rand.Rand) []model.KeyValue {
	var tags []model.KeyValue
	if random.Intn(2) == 0 {
		tags = append(tags, model.String("span.kind", pick(random, "client", "server", "producer", "consumer", "internal", "SERVER")))
	}
	if random.Intn(2) == 0 {
		tags = append(tags, pick(random, model.Bool("error", true), model.Bool("error", false), model.String("error", "true")))
	}
	if random.Intn(3) == 0 {
		tags = append(tags, model.String("otel.status_code", pick(random, "OK", "ERROR", "error", "odd")))
	}
	if random.Intn(3) == 0 {
		tags = append(tags, model.String("otel.status_description", pick(random, "broken", "why")))
	}
	if random.Intn(2) == 0 {
		tags = append(tags, pick(random,
			model.Int64("http.status_code", pick[int64](random, 99, 200, 399, 404, 500)),
			model.String("http.status_code", pick(random, "200", "500", "5e2")),
			model.Int64("http.response.status_code", pick[int64](random, 200, 404, 500)),
		))
	}
	if random.Intn(3) == 0 {
		tags = append(tags, model.String("http.status_message", "Bad Gateway"))
	}
	if random.Intn(3) == 0 {
		tags = append(tags, model.String("w3c.tracestate", "ot=th:8,a=b"))
	}
	if random.Intn(3) == 0 {
		tags = append(tags, model.String("otel.scope.name", pick(random, "lib", "other")))
	}
	if random.Intn(4) == 0 {
		tags = append(tags, model.String("otel.scope.version", pick(random, "1.0", "2.0")))
	}
	return tags
}

func pick[Item any](random *rand.Rand, items ...Item) Item {
	return items[random.Intn(len(items))]
}
