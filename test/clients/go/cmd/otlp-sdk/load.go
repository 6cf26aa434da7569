package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"spangate/peers/internal/manifest"
)

// spansPerTrace are the spans of each trace of the load.
const spansPerTrace = 50

// load is how spans are made at a steady rate.
type load struct {
	endpoint string
	run      string
	// rate is in spans a second.
	rate     int
	duration time.Duration
	// patience is how long the SDK may keep a span and try again; 0 leaves queue
	// and retries as the SDK has them.
	patience time.Duration
}

// sendLoad makes spans at a steady rate, each a few hundred bytes, and prints
// which were made and which the exporter says were taken.
func sendLoad(opts load) error {
	// Exports that fail are counted; nothing else is to be said of them.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	refusals := &refusals{}
	exporterOptions := []otlptracegrpc.Option{
		otlptracegrpc.WithEndpoint(opts.endpoint),
		otlptracegrpc.WithInsecure(),
		otlptracegrpc.WithDialOption(grpc.WithChainUnaryInterceptor(refusals.count)),
	}
	var batcherOptions []sdktrace.BatchSpanProcessorOption
	patience := 30 * time.Second
	if opts.patience > 0 {
		patience = opts.patience
		exporterOptions = append(exporterOptions,
			otlptracegrpc.WithTimeout(patience),
			otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{
				Enabled:         true,
				InitialInterval: time.Second,
				MaxInterval:     5 * time.Second,
				MaxElapsedTime:  patience,
			}))
		seconds := int((opts.duration + patience) / time.Second)
		batcherOptions = append(batcherOptions,
			sdktrace.WithMaxQueueSize(opts.rate*seconds),
			sdktrace.WithExportTimeout(patience))
	}
	ctx := context.Background()
	exporter, err := otlptrace.New(ctx, otlptracegrpc.NewClient(exporterOptions...))
	if err != nil {
		return fmt.Errorf("create exporter: %w", err)
	}
	ledger := &ledger{next: exporter, delivered: manifest.SpanIDs{}}
	provider := provider("go-load", opts.run, ledger, batcherOptions...)
	made := makeSpans(ctx, tracer(provider), opts)
	// What could not be delivered is in the ledger.
	flushing, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = provider.Shutdown(flushing)
	return manifest.Print(manifest.Load{
		Client:            "go",
		Made:              made,
		Delivered:         ledger.delivered,
		FailedExports:     ledger.failed,
		Refusals:          refusals.all.Load(),
		RefusalsRetryInfo: refusals.withRetryInfo.Load(),
	})
}

func makeSpans(ctx context.Context, tracer trace.Tracer, opts load) manifest.SpanIDs {
	made := manifest.SpanIDs{}
	start := time.Now()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	parent := ctx
	for count := 0; ; <-ticker.C {
		elapsed := min(time.Since(start), opts.duration)
		for ; count < int(elapsed.Seconds()*float64(opts.rate)); count++ {
			if count%spansPerTrace == 0 {
				parent = ctx
			}
			spanCtx, span := tracer.Start(parent, "GET /cart", trace.WithAttributes(
				attribute.String("http.route", "/cart"),
				attribute.String("test.run", opts.run),
				attribute.Int("http.status_code", 200),
				attribute.Int("cart.number", count),
				attribute.String("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
				attribute.Float64("cart.total", 12.5+float64(count)),
			))
			span.End()
			if count%spansPerTrace == 0 {
				parent = spanCtx
			}
			made.Add(span.SpanContext())
		}
		if elapsed == opts.duration {
			return made
		}
	}
}

// refusals counts the answers UNAVAILABLE, also those after which the SDK tried
// again and succeeded.
type refusals struct {
	all           atomic.Int64
	withRetryInfo atomic.Int64
}

func (r *refusals) count(
	ctx context.Context, method string, request, reply any,
	connection *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	err := invoke(ctx, method, request, reply, connection, opts...)
	answer := status.Convert(err)
	if answer.Code() != codes.Unavailable {
		return err
	}
	r.all.Add(1)
	for _, detail := range answer.Details() {
		if _, ok := detail.(*errdetails.RetryInfo); ok {
			r.withRetryInfo.Add(1)
		}
	}
	return err
}

// ledger remembers which spans an exporter says were taken.
type ledger struct {
	next      sdktrace.SpanExporter
	delivered manifest.SpanIDs
	failed    int
}

func (l *ledger) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := l.next.ExportSpans(ctx, spans)
	if err != nil {
		l.failed++
		return err
	}
	for _, span := range spans {
		l.delivered.Add(span.SpanContext())
	}
	return nil
}

func (l *ledger) Shutdown(ctx context.Context) error { return l.next.Shutdown(ctx) }
