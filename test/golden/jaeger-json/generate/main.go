// Command generate writes the golden files of test/golden/jaeger-json: the traces of each
// SpansResponseChunk of another folder as Jaeger's query service gives them to its user interface.
//
// They are made by Jaeger's own converter, in the version that go.mod pins and that stands in their
// names; nothing of spangate takes part. Run it in this folder:
//
//	go run . ../../jaeger-proto ..
//
// A chunk that Jaeger's JSON cannot hold (NaN and infinite numbers) has no file.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/jaegertracing/jaeger/model"
	converter "github.com/jaegertracing/jaeger/model/converter/json"
	ui "github.com/jaegertracing/jaeger/model/json"
	"github.com/jaegertracing/jaeger/proto-gen/api_v2"
)

const version = "jaeger-1.65.0"

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: generate CHUNKS FOLDER")
	}
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*.chunk.collector-0.155.0.bin"))
	check(err)
	for _, path := range paths {
		body, err := os.ReadFile(path)
		check(err)
		name := strings.TrimSuffix(filepath.Base(path), ".chunk.collector-0.155.0.bin")
		text, err := render(body)
		if err != nil {
			log.Printf("%s: %v", name, err)
			continue
		}
		target := filepath.Join(os.Args[2], name+"."+version+".json")
		check(os.WriteFile(target, text, 0o644))
	}
}

func render(body []byte) ([]byte, error) {
	var chunk api_v2.SpansResponseChunk
	if err := chunk.Unmarshal(body); err != nil {
		return nil, err
	}
	byID := map[model.TraceID]*model.Trace{}
	traces := []*model.Trace{}
	for i := range chunk.Spans {
		span := &chunk.Spans[i]
		trace := byID[span.TraceID]
		if trace == nil {
			trace = &model.Trace{}
			byID[span.TraceID] = trace
			traces = append(traces, trace)
		}
		trace.Spans = append(trace.Spans, span)
	}
	rendered := []*ui.Trace{}
	for _, trace := range traces {
		rendered = append(rendered, converter.FromDomain(trace))
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(rendered)
	return text.Bytes(), err
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
