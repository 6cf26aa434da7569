// Command otel-sampling asks a gateway what to sample with OpenTelemetry's remote
// sampler for Go, and prints what is kept: a line of JSON about every 50 ms until its
// input ends.
package main

import (
	"context"
	"fmt"
	"os"
	"spangate/rounds"
	"time"

	"go.opentelemetry.io/contrib/samplers/jaegerremote"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	options := rounds.Parse()
	sampler := jaegerremote.New(options.Service,
		jaegerremote.WithSamplingServerURL("http://"+options.Endpoint+"/sampling"),
		jaegerremote.WithSamplingRefreshInterval(options.Poll),
		jaegerremote.WithInitialSampler(trace.NeverSample()))
	provider := append(reporting(options), trace.WithSampler(sampler))
	tracer := trace.NewTracerProvider(provider...).Tracer("peer")
	options.Run(func(operation string) bool {
		_, span := tracer.Start(context.Background(), operation)
		span.End()
		return span.SpanContext().IsSampled()
	})
}

func reporting(options rounds.Options) []trace.TracerProviderOption {
	if options.Report == "" {
		return nil
	}
	exporter, err := otlptracegrpc.New(context.Background(),
		otlptracegrpc.WithEndpoint(options.Report), otlptracegrpc.WithInsecure())
	if err != nil {
		fmt.Fprintln(os.Stderr, "otel-sampling:", err)
		os.Exit(1)
	}
	service := attribute.String("service.name", options.Service)
	return []trace.TracerProviderOption{
		trace.WithBatcher(exporter, trace.WithBatchTimeout(100*time.Millisecond)),
		trace.WithResource(resource.NewSchemaless(service)),
	}
}
