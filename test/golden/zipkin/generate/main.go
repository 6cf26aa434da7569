// Command generate writes the golden files of test/golden/zipkin: OTLP as Zipkin v2 JSON.
//
// They are made by the translator of the OpenTelemetry Collector and Zipkin's own model for Go, in the
// versions that go.mod pins; nothing of spangate takes part. Run it in this folder:
//
//	go run . ../../jaeger-proto ..
//
// For each otlp-NAME.pdata-1.61.0.bin of the first folder, and for what endpoints.go makes, which it writes too:
//
//	otlp-NAME.collector-0.155.0.json  what Zipkin's reporter would send
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const version = "collector-0.155.0"

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: generate OTLP FOLDER")
	}
	folder := os.Args[2]
	body, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(endpoints())
	check(err)
	check(os.WriteFile(filepath.Join(folder, "otlp-endpoints.pdata-1.61.0.bin"), body, 0o644))
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "otlp-*.pdata-1.61.0.bin"))
	check(err)
	for _, path := range append(paths, filepath.Join(folder, "otlp-endpoints.pdata-1.61.0.bin")) {
		body, err := os.ReadFile(path)
		check(err)
		name := strings.TrimSuffix(filepath.Base(path), ".pdata-1.61.0.bin")
		text, err := render(body)
		if err != nil {
			log.Printf("%s: %v", name, err)
			continue
		}
		check(os.WriteFile(filepath.Join(folder, name+"."+version+".json"), text, 0o644))
	}
}

func render(body []byte) ([]byte, error) {
	traces, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
	if err != nil {
		return nil, err
	}
	spans, err := zipkinv2.FromTranslator{}.FromTraces(traces)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(spans)
	return text.Bytes(), err
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
