package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/agent"
	zipkin "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinthriftconverter"
)

// Only so many spans fit into a datagram.
const datagramSpans = 50

// writeDatagram writes the first spans of plain as a call of Agent.emitZipkinBatch in the compact protocol,
// by Apache Thrift and jaeger-idl's published code, and the same spans as a list in the binary protocol.
func writeDatagram(folder string) {
	ctx := context.Background()
	body, err := os.ReadFile(filepath.Join(folder, "plain.zipkin-3.5.1.v1.thrift.bin"))
	check(err)
	spans, err := zipkin.DeserializeThrift(ctx, body)
	check(err)
	spans = spans[:datagramSpans]
	buffer := thrift.NewTMemoryBuffer()
	protocol := thrift.NewTCompactProtocolConf(buffer, &thrift.TConfiguration{})
	client := agent.NewAgentClient(thrift.NewTStandardClient(protocol, protocol))
	check(client.EmitZipkinBatch(ctx, spans))
	check(os.WriteFile(filepath.Join(folder, "datagram.agent-0.9.0.compact.bin"), buffer.Bytes(), 0o644))
	list, err := zipkin.SerializeThrift(ctx, spans)
	check(err)
	check(os.WriteFile(filepath.Join(folder, "datagram.agent-0.9.0.binary-list.bin"), list, 0o644))
}
