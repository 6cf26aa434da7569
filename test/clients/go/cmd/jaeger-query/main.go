// Command jaeger-query reads traces back with Jaeger's published contracts: the
// generated Go stubs of jaeger.api_v2, and jaeger.api_v3 from the published
// proto files. It prints one JSON document.
//
//	jaeger-query -endpoint HOST:PORT -api v2|v3 trace ID
//	jaeger-query -endpoint HOST:PORT -api v2|v3 find '{"service":"cart","durationMinMs":20}'
//	jaeger-query -endpoint HOST:PORT -api v2|v3 services
//	jaeger-query -endpoint HOST:PORT -api v2|v3 operations SERVICE
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"spangate/peers/internal/jaeger"
	"spangate/peers/internal/manifest"
)

// search is the argument of find; a zero field is left out of the request.
type search struct {
	Service       string            `json:"service"`
	Operation     string            `json:"operation"`
	Attributes    map[string]string `json:"attributes"`
	StartMinMs    int64             `json:"startMinMs"`
	StartMaxMs    int64             `json:"startMaxMs"`
	DurationMinMs float64           `json:"durationMinMs"`
	DurationMaxMs float64           `json:"durationMaxMs"`
	Limit         int32             `json:"limit"`
}

// querier is one version of the query API.
type querier interface {
	trace(ctx context.Context, id string) (any, error)
	find(ctx context.Context, query search) (any, error)
	services(ctx context.Context) ([]string, error)
	operations(ctx context.Context, service string) ([]operation, error)
}

type operation struct {
	Name     string `json:"name"`
	SpanKind string `json:"spanKind"`
}

// failure is printed instead of an answer when the server answers with a status.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func main() {
	endpoint := flag.String("endpoint", "127.0.0.1:16685", "host:port of the query service")
	api := flag.String("api", "v3", "v2 or v3")
	protos := flag.String("protos", besideProgram("../protos"), "folder of the published proto files")
	flag.Parse()
	if err := run(*endpoint, *api, *protos, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "jaeger-query:", err)
		os.Exit(1)
	}
}

func besideProgram(path string) string {
	program, err := os.Executable()
	if err != nil {
		return path
	}
	return filepath.Join(filepath.Dir(program), path)
}

func run(endpoint, api, protos string, args []string) error {
	connection, err := grpc.NewClient(endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(jaeger.Codec{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	var reader querier
	switch api {
	case "v2":
		reader = newV2(connection)
	case "v3":
		reader, err = newV3(ctx, connection, protos)
		if err != nil {
			return fmt.Errorf("read proto files: %w", err)
		}
	default:
		return fmt.Errorf("unknown api %q", api)
	}
	answer, err := ask(ctx, reader, args)
	if state, ok := status.FromError(err); ok && err != nil {
		return manifest.Print(map[string]failure{"error": {state.Code().String(), state.Message()}})
	}
	if err != nil {
		return err
	}
	return manifest.Print(answer)
}

func ask(ctx context.Context, api querier, args []string) (any, error) {
	switch {
	case len(args) == 2 && args[0] == "trace":
		spans, err := api.trace(ctx, args[1])
		return map[string]any{"spans": spans}, err
	case len(args) == 2 && args[0] == "find":
		var query search
		if err := json.Unmarshal([]byte(args[1]), &query); err != nil {
			return nil, fmt.Errorf("read search: %w", err)
		}
		spans, err := api.find(ctx, query)
		return map[string]any{"spans": spans}, err
	case len(args) == 1 && args[0] == "services":
		services, err := api.services(ctx)
		return map[string]any{"services": services}, err
	case len(args) == 2 && args[0] == "operations":
		operations, err := api.operations(ctx, args[1])
		return map[string]any{"operations": operations}, err
	default:
		return nil, fmt.Errorf("unknown command %q", args)
	}
}
