package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"spangate/peers/internal/manifest"
)

// v3 has no published Go stubs that a program outside Jaeger may import, so the
// requests are built from the published proto files; the spans that come back
// are OpenTelemetry's own generated type.
type v3 struct {
	connection *grpc.ClientConn
	service    protoreflect.ServiceDescriptor
}

func newV3(ctx context.Context, connection *grpc.ClientConn, protos string) (v3, error) {
	service, err := queryService(ctx, protos)
	return v3{connection, service}, err
}

// request fills the input type of a method from its protobuf JSON form.
func (a v3) request(method string, fields map[string]any) (proto.Message, error) {
	encoded, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	message := dynamicpb.NewMessage(a.service.Methods().ByName(protoreflect.Name(method)).Input())
	if err := protojson.Unmarshal(encoded, message); err != nil {
		return nil, fmt.Errorf("build %s request: %w", method, err)
	}
	return message, nil
}

func (a v3) path(method string) string {
	return fmt.Sprintf("/%s/%s", a.service.FullName(), method)
}

func (a v3) spans(ctx context.Context, method string, fields map[string]any) (any, error) {
	request, err := a.request(method, fields)
	if err != nil {
		return nil, err
	}
	stream, err := a.connection.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, a.path(method))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(stream.SendMsg(request), stream.CloseSend()); err != nil {
		return nil, err
	}
	found := []manifest.Span{}
	for {
		var data tracepb.TracesData
		err := stream.RecvMsg(&data)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, describe(&data)...)
	}
}

func (a v3) trace(ctx context.Context, id string) (any, error) {
	return a.spans(ctx, "GetTrace", map[string]any{"trace_id": id, "raw_traces": true})
}

func (a v3) find(ctx context.Context, query search) (any, error) {
	fields := map[string]any{
		"service_name":   query.Service,
		"operation_name": query.Operation,
		"search_depth":   query.Limit,
	}
	if query.Attributes != nil {
		fields["attributes"] = query.Attributes
	}
	for name, ms := range map[string]int64{
		"start_time_min": query.StartMinMs, "start_time_max": query.StartMaxMs,
	} {
		if ms != 0 {
			fields[name] = time.UnixMilli(ms).UTC().Format(time.RFC3339Nano)
		}
	}
	for name, ms := range map[string]float64{
		"duration_min": query.DurationMinMs, "duration_max": query.DurationMaxMs,
	} {
		if ms != 0 {
			fields[name] = fmt.Sprintf("%.9fs", ms/1000)
		}
	}
	return a.spans(ctx, "FindTraces", map[string]any{"query": fields})
}

func (a v3) unary(ctx context.Context, method string, fields map[string]any) (*dynamicpb.Message, error) {
	request, err := a.request(method, fields)
	if err != nil {
		return nil, err
	}
	answer := dynamicpb.NewMessage(a.service.Methods().ByName(protoreflect.Name(method)).Output())
	return answer, a.connection.Invoke(ctx, a.path(method), request, answer)
}

func (a v3) services(ctx context.Context) ([]string, error) {
	answer, err := a.unary(ctx, "GetServices", map[string]any{})
	if err != nil {
		return nil, err
	}
	result := []string{}
	list := answer.Get(answer.Descriptor().Fields().ByName("services")).List()
	for i := range list.Len() {
		result = append(result, list.Get(i).String())
	}
	return result, nil
}

func (a v3) operations(ctx context.Context, service string) ([]operation, error) {
	answer, err := a.unary(ctx, "GetOperations", map[string]any{"service": service})
	if err != nil {
		return nil, err
	}
	result := []operation{}
	list := answer.Get(answer.Descriptor().Fields().ByName("operations")).List()
	for i := range list.Len() {
		entry := list.Get(i).Message()
		fields := entry.Descriptor().Fields()
		result = append(result, operation{
			entry.Get(fields.ByName("name")).String(),
			entry.Get(fields.ByName("span_kind")).String(),
		})
	}
	return result, nil
}
