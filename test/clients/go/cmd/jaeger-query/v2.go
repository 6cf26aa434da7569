package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	model "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"

	"spangate/peers/internal/jaeger"
	"spangate/peers/internal/manifest"
)

type v2 struct{ client api_v2.QueryServiceClient }

func newV2(connection *grpc.ClientConn) v2 { return v2{api_v2.NewQueryServiceClient(connection)} }

// chunks is the stream that both GetTrace and FindTraces answer with.
type chunks interface {
	Recv() (*api_v2.SpansResponseChunk, error)
}

func collect(stream chunks) (any, error) {
	spans := []manifest.JaegerSpan{}
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return spans, nil
		}
		if err != nil {
			return nil, err
		}
		// The contract of Jaeger's own readers: 10 spans a message at most.
		if len(chunk.Spans) > 10 {
			return nil, fmt.Errorf("a chunk holds %d spans, the most is 10", len(chunk.Spans))
		}
		for i := range chunk.Spans {
			spans = append(spans, jaeger.Describe(&chunk.Spans[i], nil))
		}
	}
}

func (a v2) trace(ctx context.Context, text string) (any, error) {
	id, err := model.TraceIDFromString(text)
	if err != nil {
		return nil, fmt.Errorf("read trace id: %w", err)
	}
	stream, err := a.client.GetTrace(ctx, &api_v2.GetTraceRequest{TraceID: id, RawTraces: true})
	if err != nil {
		return nil, err
	}
	return collect(stream)
}

func (a v2) find(ctx context.Context, query search) (any, error) {
	parameters := &api_v2.TraceQueryParameters{
		ServiceName:   query.Service,
		OperationName: query.Operation,
		Tags:          query.Attributes,
		DurationMin:   milliseconds(query.DurationMinMs),
		DurationMax:   milliseconds(query.DurationMaxMs),
		SearchDepth:   query.Limit,
	}
	if query.StartMinMs != 0 {
		parameters.StartTimeMin = time.UnixMilli(query.StartMinMs)
	}
	if query.StartMaxMs != 0 {
		parameters.StartTimeMax = time.UnixMilli(query.StartMaxMs)
	}
	stream, err := a.client.FindTraces(ctx, &api_v2.FindTracesRequest{Query: parameters})
	if err != nil {
		return nil, err
	}
	return collect(stream)
}

func (a v2) services(ctx context.Context) ([]string, error) {
	answer, err := a.client.GetServices(ctx, &api_v2.GetServicesRequest{})
	if err != nil {
		return nil, err
	}
	return append([]string{}, answer.Services...), nil
}

func (a v2) operations(ctx context.Context, service string) ([]operation, error) {
	answer, err := a.client.GetOperations(ctx, &api_v2.GetOperationsRequest{Service: service})
	if err != nil {
		return nil, err
	}
	result := []operation{}
	for _, found := range answer.Operations {
		result = append(result, operation{found.Name, found.SpanKind})
	}
	return result, nil
}

func milliseconds(value float64) time.Duration {
	return time.Duration(value * float64(time.Millisecond))
}
