// Command generate writes the golden files of test/golden/jaeger-proto.
//
// Everything in them is made by Jaeger's own model and by the translator that Jaeger 2.20 uses, in
// the versions that go.mod pins; nothing of spangate takes part. Run it in this folder:
//
//	go run . ..
//
// For each batch of Jaeger spans:
//
//	jaeger-NAME.jaeger-idl-0.9.0.bin        a PostSpansRequest
//	jaeger-NAME.collector-0.155.0.json      the OTLP that the translator makes of it, resources sorted
//	jaeger-NAME.chunk.collector-0.155.0.bin a SpansResponseChunk with what it makes of that OTLP again
//
// For each piece of OTLP:
//
//	otlp-NAME.pdata-1.61.0.bin              a TracesData
//	otlp-NAME.pdata-1.61.0.json             the same in OTLP JSON
//	otlp-NAME.chunk.collector-0.155.0.bin   a SpansResponseChunk with what the translator makes of it
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"sort"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/jaeger"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	folder := os.Args[1]
	for name, batch := range jaegerBatches() {
		writeJaeger(filepath.Join(folder, "jaeger-"+name), batch)
	}
	for name, traces := range otlpTraces() {
		path := filepath.Join(folder, "otlp-"+name)
		bytes, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(traces)
		must(err)
		must(os.WriteFile(path+".pdata-1.61.0.bin", bytes, 0o644))
		text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
		must(err)
		must(os.WriteFile(path+".pdata-1.61.0.json", append(text, '\n'), 0o644))
		writeChunk(path+".chunk.collector-0.155.0.bin", traces)
	}
}

func writeJaeger(path string, batch *model.Batch) {
	// The bytes first: the translator takes the scope tags out of the spans that it is given.
	request := api_v2.PostSpansRequest{Batch: *batch}
	bytes, err := request.Marshal()
	must(err)
	must(os.WriteFile(path+".jaeger-idl-0.9.0.bin", bytes, 0o644))

	var sent api_v2.PostSpansRequest
	must(sent.Unmarshal(bytes))
	traces, err := jaeger.ProtoToTraces([]*model.Batch{&sent.Batch})
	must(err)
	// The translator walks a Go map, so its order is chance.
	traces.ResourceSpans().Sort(func(a, b ptrace.ResourceSpans) bool {
		return firstSpan(a) < firstSpan(b)
	})
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	must(err)
	must(os.WriteFile(path+".collector-0.155.0.json", indented(text), 0o644))
	writeChunk(path+".chunk.collector-0.155.0.bin", traces)
}

func writeChunk(path string, traces ptrace.Traces) {
	chunk := api_v2.SpansResponseChunk{}
	for _, batch := range jaeger.ProtoFromTraces(traces) {
		for _, span := range batch.Spans {
			span.Process = batch.Process
			chunk.Spans = append(chunk.Spans, *span)
		}
	}
	sort.SliceStable(chunk.Spans, func(i, j int) bool {
		return chunk.Spans[i].SpanID < chunk.Spans[j].SpanID
	})
	bytes, err := chunk.Marshal()
	must(err)
	must(os.WriteFile(path, bytes, 0o644))
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

func indented(text []byte) []byte {
	var value any
	must(json.Unmarshal(text, &value))
	text, err := json.MarshalIndent(value, "", " ")
	must(err)
	return append(text, '\n')
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
