package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// Each import registers the descriptors that query_service.proto names.
	_ "github.com/google/gnostic-models/openapiv3"
	_ "go.opentelemetry.io/proto/otlp/trace/v1"
	_ "google.golang.org/genproto/googleapis/api/annotations"
)

// gnostic is where Jaeger's build looks for a file that Go registers without
// the leading folder.
const gnostic = "gnostic/openapiv3/annotations.proto"

// queryService compiles jaeger.api_v3 from the published files in a folder.
func queryService(ctx context.Context, folder string) (protoreflect.ServiceDescriptor, error) {
	published := &protocompile.SourceResolver{ImportPaths: []string{folder}}
	registered := protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
		if path == gnostic {
			shim := "syntax = \"proto3\";\nimport public \"openapiv3/annotations.proto\";\n"
			return protocompile.SearchResult{Source: io.NopCloser(bytes.NewReader([]byte(shim)))}, nil
		}
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		return protocompile.SearchResult{Desc: file}, err
	})
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(protocompile.CompositeResolver{registered, published}),
	}
	files, err := compiler.Compile(ctx, "api_v3/query_service.proto")
	if err != nil {
		return nil, err
	}
	service := files[0].Services().ByName("QueryService")
	if service == nil {
		return nil, fmt.Errorf("query_service.proto has no QueryService")
	}
	return service, nil
}
