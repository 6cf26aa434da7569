// Command jaeger-client-go sends the order story with Jaeger's client for Go, over
// UDP to an agent or over HTTP to a collector, and prints what the client recorded.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
)

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:6831", "host:port of an agent or a collector")
	protocol := flag.String("protocol", "udp", "udp or http")
	traces := flag.Int("traces", 1, "number of traces to send")
	run := flag.String("run", "run", "text that tells this run from others")
	startMs := flag.Int64("start-ms", time.Now().UnixMilli()-60_000, "start of the first trace, ms since the epoch")
	flag.Parse()
	sender, err := newSender(*protocol, *endpoint)
	if err != nil {
		fail(err)
	}
	failures := &failures{}
	recorded := &recorder{}
	reporter := jaeger.NewCompositeReporter(
		jaeger.NewRemoteReporter(sender, jaeger.ReporterOptions.Logger(failures)), recorded)
	options := jaeger.TracerOptions
	tracer, closer := jaeger.NewTracer("go-client-orders", jaeger.NewConstSampler(true), reporter,
		options.Gen128Bit(true),
		options.Tag("canary", true), options.Tag("pid", int64(9007199254740993)),
		options.Tag("weight", 0.75), options.Tag("zone", "Zürich"))
	for i := range *traces {
		order(tracer, *run, i, time.UnixMilli(*startMs).Add(time.Duration(i)*time.Second))
	}
	if err := closer.Close(); err != nil {
		fail(err)
	}
	if failures.last != "" {
		fail(fmt.Errorf("%s", failures.last))
	}
	result := map[string]any{"client": "jaeger-client-go", "spans": recorded.spans}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func newSender(protocol, endpoint string) (jaeger.Transport, error) {
	if protocol == "http" {
		return transport.NewHTTPTransport("http://" + endpoint + "/api/traces?format=jaeger.thrift"), nil
	}
	return jaeger.NewUDPTransport(endpoint, 0)
}

func order(tracer opentracing.Tracer, run string, i int, start time.Time) {
	// Tags that are given at the start take the sampler's away.
	root := tracer.StartSpan("POST /orders", opentracing.StartTime(start))
	ext.SpanKindRPCServer.Set(root)
	root.SetTag("test.run", run)
	root.SetTag("customer", "Zoë")
	root.SetTag("order.number", int64(9007199254740993+i))
	root.SetTag("order.total", 12.5+float64(i))
	root.SetTag("order.gift", i%2 == 0)
	root.SetTag("order.digest", []byte{0, 1, 254, 255})
	root.SetTag("empty", "")
	if i%2 == 1 {
		root.SetTag("error", true)
		root.SetTag("sampling.priority", uint16(1))
	}
	root.SetBaggageItem("tenant", "blue")
	query := tracer.StartSpan("SELECT orders", opentracing.ChildOf(root.Context()),
		opentracing.StartTime(start.Add(2*time.Millisecond)),
		opentracing.Tags{string(ext.SpanKind): "client", "db.system": "sqlite"})
	mail := tracer.StartSpan("send mail", opentracing.FollowsFrom(query.Context()),
		opentracing.StartTime(start.Add(30*time.Millisecond)),
		opentracing.Tags{string(ext.SpanKind): "consumer"})
	finish(query, start.Add(11*time.Millisecond))
	finish(mail, start.Add(35*time.Millisecond))
	finish(root, start.Add(time.Duration(20+i)*time.Millisecond),
		opentracing.LogRecord{Timestamp: start.Add(time.Millisecond), Fields: []log.Field{
			log.String("event", "order.checked"), log.Int("rows", 3), log.Bool("cached", true),
		}},
		opentracing.LogRecord{Timestamp: start.Add(4 * time.Millisecond), Fields: []log.Field{
			log.String("message", "no event name"), log.Float64("ratio", 0.1),
		}})
}

func finish(span opentracing.Span, end time.Time, logs ...opentracing.LogRecord) {
	span.FinishWithOptions(opentracing.FinishOptions{FinishTime: end, LogRecords: logs})
}

// failures remembers the last thing that the reporter complains of.
type failures struct{ last string }

func (f *failures) Error(message string)  { f.last = message }
func (f *failures) Infof(string, ...any)  {}
func (f *failures) Debugf(string, ...any) {}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "jaeger-client-go:", err)
	os.Exit(1)
}
