// Command otel-sampling asks a gateway what to sample with OpenTelemetry's remote
// sampler for Go, and prints what is kept: a line of JSON about every 50 ms until its
// input ends.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/samplers/jaegerremote"
	"go.opentelemetry.io/otel/sdk/trace"
)

const spansEach = 500

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:5778", "host:port that is asked")
	service := flag.String("service", "cart", "name of the service")
	operations := flag.String("operations", "GET /cart", "names of operations, separated by commas")
	pollMs := flag.Int("poll-ms", 1000, "how often the gateway is asked")
	flag.Parse()
	sampler := jaegerremote.New(*service,
		jaegerremote.WithSamplingServerURL("http://"+*endpoint+"/sampling"),
		jaegerremote.WithSamplingRefreshInterval(time.Duration(*pollMs)*time.Millisecond),
		jaegerremote.WithInitialSampler(trace.NeverSample()))
	tracer := trace.NewTracerProvider(trace.WithSampler(sampler)).Tracer("peer")
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for range time.Tick(50 * time.Millisecond) {
		kept := map[string]int{}
		for _, operation := range strings.Split(*operations, ",") {
			kept[operation] = 0
			for range spansEach {
				_, span := tracer.Start(context.Background(), operation)
				if span.SpanContext().IsSampled() {
					kept[operation]++
				}
			}
		}
		line, _ := json.Marshal(map[string]any{"made": spansEach, "kept": kept})
		fmt.Println(string(line))
	}
}
