// Command generate writes the golden file of test/golden/jaeger-binary: span contexts as Jaeger's
// client for Go writes them into OpenTracing's binary carrier.
//
// They are made by the published client, in the version that go.mod pins and that stands in the name;
// nothing of spangate takes part. Run it in this folder:
//
//	go run . ..
//
// Go gives the entries of a map in any order, so a context has one item of baggage at most, but for
// the last.
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/uber/jaeger-client-go"
)

const version = "jaeger-client-go-2.30.0"

type sent struct {
	Name    string            `json:"name"`
	Context string            `json:"context"`
	Baggage map[string]string `json:"baggage"`
	Hex     string            `json:"hex"`
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	propagator := jaeger.NewBinaryPropagator(jaegerTracer())
	contexts := []sent{
		{Name: "sampled", Context: "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1"},
		{Name: "not sampled", Context: "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:0"},
		{Name: "debug", Context: "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:3"},
		{Name: "firehose", Context: "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:9"},
		{Name: "parent", Context: "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:ff:1"},
		{Name: "64-bit trace id", Context: "8448eb211c80319c:8448eb211c80319c:0:1"},
		{Name: "baggage", Context: "1:2:0:1", Baggage: map[string]string{"user": "ada"}},
		{Name: "UTF-8", Context: "1:2:0:1", Baggage: map[string]string{"tée": "🍵 100%"}},
		{Name: "several", Context: "1:2:0:1", Baggage: map[string]string{"a": "1", "b": "2", "c": "3"}},
	}
	for i, one := range contexts {
		context, err := jaeger.ContextFromString(one.Context)
		check(err)
		for key, value := range one.Baggage {
			context = context.WithBaggageItem(key, value)
		}
		var carrier bytes.Buffer
		check(propagator.Inject(context, &carrier))
		contexts[i].Hex = hex.EncodeToString(carrier.Bytes())
	}
	text, err := json.MarshalIndent(contexts, "", "  ")
	check(err)
	check(os.WriteFile(filepath.Join(os.Args[1], "contexts."+version+".json"), append(text, '\n'), 0o644))
}

func jaegerTracer() *jaeger.Tracer {
	tracer, _ := jaeger.NewTracer("golden", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	return tracer.(*jaeger.Tracer)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
