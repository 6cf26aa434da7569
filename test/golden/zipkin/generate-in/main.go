// Command generate-in writes what the OpenTelemetry Collector makes of Zipkin's spans.
//
// The input is in ../in, written by Zipkin's own codecs (../generate-java) or by hand. go.mod pins the
// versions; nothing of spangate takes part. Run it in this folder:
//
//	go run . ../in
//
// For each INPUT.v2.json, .v2.proto.bin, .v1.json and .v1.thrift.bin but what Zipkin reads of its own v1 it
// writes INPUT.VERSION.collector-0.155.0.json, OTLP in JSON. datagram.go writes
// what the oldest Jaeger clients send over UDP.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv1"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const version = ".collector-0.155.0.json"

var decoders = map[string]ptrace.Unmarshaler{
	".v2.json":       zipkinv2.NewJSONTracesUnmarshaler(false),
	".v2.proto.bin":  zipkinv2.NewProtobufTracesUnmarshaler(false, false),
	".v1.json":       zipkinv1.NewJSONTracesUnmarshaler(false),
	".v1.thrift.bin": zipkinv1.NewThriftTracesUnmarshaler(),
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate-in FOLDER")
	}
	writeDatagram(os.Args[1])
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*"))
	check(err)
	for _, path := range paths {
		for suffix, decoder := range decoders {
			if strings.HasSuffix(path, suffix) && !strings.Contains(path, "-of-v1-") {
				write(path, decoder)
			}
		}
	}
}

func write(path string, decoder ptrace.Unmarshaler) {
	body, err := os.ReadFile(path)
	check(err)
	traces, err := decoder.UnmarshalTraces(body)
	if err != nil {
		log.Printf("%s: %v", filepath.Base(path), err)
		return
	}
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	check(err)
	check(os.WriteFile(path+version, append(text, '\n'), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
