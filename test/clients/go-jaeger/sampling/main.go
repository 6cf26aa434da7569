// Command jaeger-sampling-go asks a gateway what to sample with Jaeger's client for
// Go, and prints what is kept: a line of JSON about every 50 ms until its input ends.
package main

import (
	"spangate/rounds"
	"time"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
)

func main() {
	options := rounds.Parse()
	sampler := jaeger.NewRemotelyControlledSampler(options.Service,
		jaeger.SamplerOptions.SamplingServerURL("http://"+options.Endpoint+"/sampling"),
		jaeger.SamplerOptions.SamplingRefreshInterval(options.Poll))
	tracer, _ := jaeger.NewTracer(options.Service, sampler, reporter(options.Report))
	options.Run(func(operation string) bool {
		span := tracer.StartSpan(operation)
		span.Finish()
		return span.Context().(jaeger.SpanContext).IsSampled()
	})
}

func reporter(collector string) jaeger.Reporter {
	if collector == "" {
		return jaeger.NewNullReporter()
	}
	sender := transport.NewHTTPTransport("http://" + collector + "/api/traces?format=jaeger.thrift")
	return jaeger.NewRemoteReporter(sender,
		jaeger.ReporterOptions.BufferFlushInterval(100*time.Millisecond),
		jaeger.ReporterOptions.QueueSize(10_000))
}
