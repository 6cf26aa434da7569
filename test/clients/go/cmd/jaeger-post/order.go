package main

import (
	"time"

	model "github.com/jaegertracing/jaeger-idl/model/v1"
)

// order is one trace of the order story (test/clients/README.md): a server
// span, a client span of another process and a consumer span.
func order(run string, i int, start time.Time) model.Batch {
	id := identity(run, i)
	root := model.NewSpanID(0x1100 + uint64(i))
	query := model.NewSpanID(0x2200 + uint64(i))
	mail := model.NewSpanID(0x3300 + uint64(i))
	elsewhere := model.NewTraceID(0xffeeddccbbaa9988, 0x7766554433221100)
	return model.Batch{
		Process: &model.Process{ServiceName: "go-orders", Tags: []model.KeyValue{
			model.String("ip", "10.0.0.7"),
			model.Int64("pid", 9007199254740993),
			model.Bool("canary", true),
			model.Float64("weight", 0.75),
			model.Binary("build", []byte{0xca, 0xfe}),
		}},
		Spans: []*model.Span{
			{
				TraceID: id, SpanID: root, OperationName: "POST /orders", Flags: 1,
				StartTime: start, Duration: time.Duration(20+i)*time.Millisecond + 789,
				Tags: serverTags(run, i), Logs: serverLogs(start),
			},
			{
				TraceID: id, SpanID: query, OperationName: "SELECT orders", Flags: 1,
				References: []model.SpanRef{model.NewChildOfRef(id, root)},
				StartTime:  start.Add(2 * time.Millisecond), Duration: 9 * time.Millisecond,
				Tags:    []model.KeyValue{model.String("span.kind", "client"), model.String("db.system", "sqlite")},
				Process: &model.Process{ServiceName: "go-orders-db", Tags: []model.KeyValue{model.String("shard", "a")}},
			},
			{
				TraceID: id, SpanID: mail, OperationName: "send mail", Flags: 1,
				References: []model.SpanRef{
					model.NewFollowsFromRef(id, query),
					model.NewFollowsFromRef(elsewhere, model.NewSpanID(0xffeeddccbbaa9988)),
				},
				StartTime: start.Add(30 * time.Millisecond), Duration: 5 * time.Millisecond,
				Tags: []model.KeyValue{model.String("span.kind", "consumer")},
			},
		},
	}
}

func serverTags(run string, i int) []model.KeyValue {
	tags := []model.KeyValue{
		model.String("span.kind", "server"),
		model.String("test.run", run),
		model.String("customer", "Zoë"),
		model.Int64("order.number", 9007199254740993+int64(i)),
		model.Float64("order.total", 12.5+float64(i)),
		model.Bool("order.gift", i%2 == 0),
		model.Binary("order.digest", []byte{0, 1, 254, 255}),
		model.String("empty", ""),
	}
	if i%2 == 1 {
		tags = append(tags, model.Bool("error", true))
	}
	return tags
}

func serverLogs(start time.Time) []model.Log {
	return []model.Log{
		{Timestamp: start.Add(time.Millisecond), Fields: []model.KeyValue{
			model.String("event", "order.checked"), model.Int64("rows", 3), model.Bool("cached", true),
		}},
		{Timestamp: start.Add(4 * time.Millisecond), Fields: []model.KeyValue{
			model.String("message", "no event name"), model.Float64("ratio", 0.1), model.Binary("raw", []byte{1, 2}),
		}},
	}
}
