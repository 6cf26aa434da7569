// Command otlp-sdk sends the cart story with the OpenTelemetry SDK for Go over
// OTLP gRPC or HTTP and prints what the SDK recorded; with -rate it sends spans at a
// steady rate instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"spangate/peers/internal/manifest"
)

type options struct {
	endpoint string
	traces   int
	run      string
	start    time.Time
	gzip     bool
	protocol string
}

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:4317", "host:port of the OTLP receiver")
	traces := flag.Int("traces", 1, "number of traces to send")
	run := flag.String("run", "run", "text that tells this run from others")
	startMs := flag.Int64("start-ms", time.Now().UnixMilli()-60_000, "start of the first trace, ms since the epoch")
	gzip := flag.Bool("gzip", false, "compress requests")
	protocol := flag.String("protocol", "grpc", "grpc, http/protobuf or http/json")
	rate := flag.Int("rate", 0, "spans a second to send instead of the story")
	duration := flag.Duration("duration", 10*time.Second, "how long spans are made at -rate")
	patience := flag.Duration("patience", 0, "how long to keep spans and try again; 0 is what the SDK does")
	flag.Parse()
	var err error
	if *rate > 0 {
		err = sendLoad(load{*endpoint, *run, *rate, *duration, *patience})
	} else {
		err = send(options{*endpoint, *traces, *run, time.UnixMilli(*startMs), *gzip, *protocol})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "otlp-sdk:", err)
		os.Exit(1)
	}
}

func send(opts options) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	exporter, err := otlptrace.New(ctx, client(opts))
	if err != nil {
		return fmt.Errorf("create exporter: %w", err)
	}
	recorder := &recordingExporter{next: exporter, spans: []manifest.Span{}}

	shop := provider("go-shop", opts.run, recorder)
	stock := provider("go-stock", opts.run, recorder)
	story := story{
		run:   opts.run,
		shop:  tracer(shop),
		stock: tracer(stock),
	}
	for i := range opts.traces {
		story.tell(ctx, i, opts.start.Add(time.Duration(i)*time.Second))
	}
	err = errors.Join(shop.ForceFlush(ctx), stock.ForceFlush(ctx))
	err = errors.Join(err, recorder.failure, exporter.Shutdown(ctx))
	if err != nil {
		return err
	}
	return manifest.Print(manifest.Sent{Client: "go", Spans: recorder.spans})
}

func client(opts options) otlptrace.Client {
	if opts.protocol == "http/protobuf" || opts.protocol == "http/json" {
		compression := otlptracehttp.NoCompression
		if opts.gzip {
			compression = otlptracehttp.GzipCompression
		}
		encoding := otlptracehttp.EncodingProtobuf
		if opts.protocol == "http/json" {
			encoding = otlptracehttp.EncodingJSON
		}
		return otlptracehttp.NewClient(
			otlptracehttp.WithEndpoint(opts.endpoint),
			otlptracehttp.WithInsecure(),
			otlptracehttp.WithTimeout(20*time.Second),
			otlptracehttp.WithCompression(compression),
			otlptracehttp.WithEncoding(encoding),
		)
	}
	exporterOptions := []otlptracegrpc.Option{
		otlptracegrpc.WithEndpoint(opts.endpoint),
		otlptracegrpc.WithInsecure(),
		otlptracegrpc.WithTimeout(20 * time.Second),
	}
	if opts.gzip {
		exporterOptions = append(exporterOptions, otlptracegrpc.WithCompressor("gzip"))
	}
	return otlptracegrpc.NewClient(exporterOptions...)
}

func provider(
	service, run string, exporter sdktrace.SpanExporter, opts ...sdktrace.BatchSpanProcessorOption,
) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter, opts...),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", service),
			attribute.String("service.version", "1.4.0"),
			attribute.String("test.run", run),
			attribute.Int64("host.cpus", 8),
		)),
	)
}

func tracer(provider *sdktrace.TracerProvider) trace.Tracer {
	return provider.Tracer("cart", trace.WithInstrumentationVersion("1.2.3"),
		trace.WithInstrumentationAttributes(attribute.String("scope.team", "checkout")))
}

// recordingExporter remembers every span it hands on and the first failure.
// The SDK calls it from one goroutine per provider, and both providers are
// flushed one after the other.
type recordingExporter struct {
	next    sdktrace.SpanExporter
	spans   []manifest.Span
	failure error
}

func (r *recordingExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, span := range spans {
		r.spans = append(r.spans, describe(span))
	}
	err := r.next.ExportSpans(ctx, spans)
	if err != nil {
		r.failure = errors.Join(r.failure, err)
	}
	return err
}

// Shutdown does nothing: the exporter is shared by two providers.
func (r *recordingExporter) Shutdown(context.Context) error { return nil }
