// Command generate writes the golden files of test/golden/jaeger-collector.
//
// Everything in them is made by Jaeger's own model and by the OpenTelemetry Collector's translator, in
// the versions that go.mod pins and that stand in their names; nothing of spangate takes part. Run it in
// this folder:
//
//	go run . ../../jaeger-proto ..
//
// Spans that chance makes, from a fixed seed, both ways:
//
//	random-jaeger.jaeger-idl-0.9.0.bin      a PostSpansRequest
//	random-jaeger.collector-0.155.0.bin     the TracesData that ProtoToTraces makes of it
//	random-otlp.pdata-1.61.0.bin            a TracesData
//	random-otlp.collector-0.155.0.bin       the PostSpansRequest that ProtoFromTraces makes of it, each
//	                                        span with its process
//
// The traces of each SpansResponseChunk of the other folder, as Jaeger's JSON can hold them:
//
//	json-NAME.collector-0.155.0.bin         the TracesData of ProtoToTraces, times in whole microseconds
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/jaeger"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const collector = ".collector-0.155.0.bin"

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: generate CHUNKS FOLDER")
	}
	folder := os.Args[2]
	writeRandomJaeger(folder)
	writeRandomOTLP(folder)
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*.chunk.collector-0.155.0.bin"))
	must(err)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".chunk.collector-0.155.0.bin")
		body, err := os.ReadFile(path)
		must(err)
		var chunk api_v2.SpansResponseChunk
		must(chunk.Unmarshal(body))
		spans := make([]*model.Span, len(chunk.Spans))
		for i := range chunk.Spans {
			spans[i] = truncated(&chunk.Spans[i])
		}
		write(folder, "json-"+name+collector, toTraces(&model.Batch{Spans: spans}))
	}
}

func writeRandomJaeger(folder string) {
	batch := &model.Batch{Spans: jaegerSpans(320)}
	// The bytes first: the translator takes the scope tags out of the spans that it is given.
	request := api_v2.PostSpansRequest{Batch: *batch}
	bytes, err := request.Marshal()
	must(err)
	write(folder, "random-jaeger.jaeger-idl-0.9.0.bin", bytes)
	var sent api_v2.PostSpansRequest
	must(sent.Unmarshal(bytes))
	write(folder, "random-jaeger"+collector, toTraces(&sent.Batch))
}

func writeRandomOTLP(folder string) {
	traces := otlpTraces(320)
	bytes, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(traces)
	must(err)
	write(folder, "random-otlp.pdata-1.61.0.bin", bytes)
	var request api_v2.PostSpansRequest
	for _, batch := range jaeger.ProtoFromTraces(traces) {
		for _, span := range batch.Spans {
			span.Process = batch.Process
			request.Batch.Spans = append(request.Batch.Spans, span)
		}
	}
	bytes, err = request.Marshal()
	must(err)
	write(folder, "random-otlp"+collector, bytes)
}

func toTraces(batch *model.Batch) []byte {
	traces, err := jaeger.ProtoToTraces([]*model.Batch{batch})
	must(err)
	// The translator walks a Go map, so its order is chance.
	traces.ResourceSpans().Sort(func(a, b ptrace.ResourceSpans) bool {
		return firstSpan(a) < firstSpan(b)
	})
	bytes, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(traces)
	must(err)
	return bytes
}

// truncated is a span as Jaeger's JSON has it.
func truncated(span *model.Span) *model.Span {
	span.StartTime = span.StartTime.Truncate(time.Microsecond)
	span.Duration = span.Duration.Truncate(time.Microsecond)
	for i := range span.Logs {
		span.Logs[i].Timestamp = span.Logs[i].Timestamp.Truncate(time.Microsecond)
	}
	return span
}

func firstSpan(spans ptrace.ResourceSpans) string {
	first := "~"
	for _, scope := range spans.ScopeSpans().All() {
		for _, span := range scope.Spans().All() {
			first = min(first, span.SpanID().String())
		}
	}
	return first
}

func write(folder, name string, bytes []byte) {
	must(os.WriteFile(filepath.Join(folder, name), bytes, 0o644))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
