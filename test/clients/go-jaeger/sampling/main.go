// Command jaeger-sampling-go asks a gateway what to sample with Jaeger's client for
// Go, and prints what is kept: a line of JSON about every 50 ms until its input ends.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/uber/jaeger-client-go"
)

const spansEach = 500

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:5778", "host:port that is asked")
	service := flag.String("service", "cart", "name of the service")
	operations := flag.String("operations", "GET /cart", "names of operations, separated by commas")
	pollMs := flag.Int("poll-ms", 1000, "how often the gateway is asked")
	flag.Parse()
	sampler := jaeger.NewRemotelyControlledSampler(*service,
		jaeger.SamplerOptions.SamplingServerURL("http://"+*endpoint+"/sampling"),
		jaeger.SamplerOptions.SamplingRefreshInterval(time.Duration(*pollMs)*time.Millisecond))
	tracer, _ := jaeger.NewTracer(*service, sampler, jaeger.NewNullReporter())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for range time.Tick(50 * time.Millisecond) {
		kept := map[string]int{}
		for _, operation := range strings.Split(*operations, ",") {
			kept[operation] = 0
			for range spansEach {
				if tracer.StartSpan(operation).Context().(jaeger.SpanContext).IsSampled() {
					kept[operation]++
				}
			}
		}
		line, _ := json.Marshal(map[string]any{"made": spansEach, "kept": kept})
		fmt.Println(string(line))
	}
}
