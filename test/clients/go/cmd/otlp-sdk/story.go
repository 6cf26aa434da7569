package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// story sends the traces that test/clients/README.md describes.
type story struct {
	run   string
	shop  trace.Tracer
	stock trace.Tracer
}

func at(start time.Time, ms int) time.Time {
	return start.Add(time.Duration(ms) * time.Millisecond)
}

func (s story) tell(ctx context.Context, i int, start time.Time) {
	odd := i%2 == 1
	status := 200
	if odd {
		status = 500
	}
	cartCtx, cart := s.shop.Start(ctx, "GET /cart",
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithTimestamp(start),
		trace.WithAttributes(
			attribute.String("http.route", "/cart"),
			attribute.String("test.run", s.run),
			attribute.Int("http.status_code", status),
			attribute.Int64("cart.number", 9007199254740993+int64(i)),
			attribute.Float64("cart.total", 12.5+float64(i)),
			attribute.Bool("cart.paid", !odd),
			attribute.StringSlice("cart.items", []string{"tea", "cup"}),
			attribute.Int64Slice("cart.sizes", []int64{1, -2, 3}),
			attribute.Float64Slice("cart.weights", []float64{0.5, 1.25}),
			attribute.BoolSlice("cart.gifts", []bool{true, false}),
			attribute.ByteSlice("cart.digest", []byte{0, 1, 254, 255}),
			attribute.Map("cart.owner", attribute.String("name", "Zoë"), attribute.Int("age", 30)),
		))
	cart.AddEvent("cart.loaded", trace.WithTimestamp(at(start, 1)),
		trace.WithAttributes(attribute.Int("rows", 3), attribute.Bool("cached", true)))

	callCtx, call := s.shop.Start(cartCtx, "stock.Reserve",
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(at(start, 5)),
		trace.WithAttributes(attribute.String("peer.service", "go-stock")))
	reserved := s.reserve(trace.SpanContextFromContext(callCtx), odd, start)
	call.End(trace.WithTimestamp(at(start, 40)))

	_, order := s.shop.Start(cartCtx, "order placed",
		trace.WithSpanKind(trace.SpanKindProducer), trace.WithTimestamp(at(start, 41)),
		trace.WithLinks(
			trace.Link{SpanContext: reserved, Attributes: []attribute.KeyValue{attribute.String("link.reason", "reserved")}},
			trace.Link{SpanContext: elsewhere()},
		))
	order.End(trace.WithTimestamp(at(start, 45)))
	cart.End(trace.WithTimestamp(at(start, 50+i)))
}

// reserve is the other service's span: its parent arrived with the call.
func (s story) reserve(caller trace.SpanContext, odd bool, start time.Time) trace.SpanContext {
	state, _ := trace.ParseTraceState("shop=cart")
	remote := caller.WithRemote(true).WithTraceState(state)
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), remote)
	_, span := s.stock.Start(ctx, "stock.Reserve",
		trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(at(start, 10).Add(123)),
		trace.WithAttributes(attribute.String("stock.sku", "tea-1")))
	if odd {
		span.AddEvent("exception", trace.WithTimestamp(at(start, 30)), trace.WithAttributes(
			attribute.String("exception.type", "OutOfStock"),
			attribute.String("exception.message", "no tea left")))
		span.SetStatus(codes.Error, "out of stock")
	} else {
		span.SetStatus(codes.Ok, "")
	}
	span.End(trace.WithTimestamp(at(start, 35).Add(456)))
	return span.SpanContext()
}

// elsewhere is a span of a trace that nobody sends.
func elsewhere() trace.SpanContext {
	traceID, _ := trace.TraceIDFromHex("ffeeddccbbaa99887766554433221100")
	spanID, _ := trace.SpanIDFromHex("ffeeddccbbaa9988")
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true,
	})
}
