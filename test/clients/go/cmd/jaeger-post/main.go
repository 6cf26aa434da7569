// Command jaeger-post sends the order story with Jaeger's published Go stubs to
// jaeger.api_v2.CollectorService and prints what it sent.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	model "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"

	"spangate/peers/internal/jaeger"
	"spangate/peers/internal/manifest"
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:14250", "host:port of jaeger.api_v2.CollectorService")
	traces := flag.Int("traces", 1, "number of traces to send")
	run := flag.String("run", "run", "text that tells this run from others")
	startMs := flag.Int64("start-ms", time.Now().UnixMilli()-60_000, "start of the first trace, ms since the epoch")
	compress := flag.Bool("gzip", false, "compress requests")
	flag.Parse()
	err := send(*endpoint, *traces, *run, time.UnixMilli(*startMs).UTC(), *compress)
	if err != nil {
		fmt.Fprintln(os.Stderr, "jaeger-post:", err)
		os.Exit(1)
	}
}

func send(endpoint string, traces int, run string, start time.Time, compress bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	connection, err := grpc.NewClient(endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(jaeger.Codec{})))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer connection.Close()
	collector := api_v2.NewCollectorServiceClient(connection)
	options := []grpc.CallOption{}
	if compress {
		options = append(options, grpc.UseCompressor(gzip.Name))
	}
	sent := []manifest.JaegerSpan{}
	for i := range traces {
		batch := order(run, i, start.Add(time.Duration(i)*time.Second))
		if _, err := collector.PostSpans(ctx, &api_v2.PostSpansRequest{Batch: batch}, options...); err != nil {
			return fmt.Errorf("post trace %d: %w", i, err)
		}
		for _, span := range batch.Spans {
			sent = append(sent, jaeger.Describe(span, batch.Process))
		}
	}
	return manifest.Print(manifest.Sent{Client: "go-jaeger", Spans: sent})
}

func identity(run string, i int) model.TraceID {
	// FNV-1a of the run, so that two runs against one store do not meet.
	low := uint64(14695981039346656037)
	for _, c := range []byte(run) {
		low = (low ^ uint64(c)) * 1099511628211
	}
	high := uint64(0x5a17_0000_0000_0001)
	if i%2 == 0 {
		high = 0 // clients without 128-bit ids
	}
	return model.NewTraceID(high, low+uint64(i))
}
