// Command descriptors prints what published protobuf contracts declare (names, numbers, types,
// labels) as JSON. Its output is the golden data in test/golden/proto. Run with one argument, the
// folder to write to.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/google/gnostic/openapiv3"
	_ "github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	_ "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	_ "google.golang.org/genproto/googleapis/rpc/status"
	_ "google.golang.org/grpc/health/grpc_health_v1"
)

// The Jaeger contract is published as a Go module too, but api_v3 and expression only as .proto files
// inside it, so all of its files are compiled from those.
const (
	jaegerModule = "github.com/jaegertracing/jaeger-idl@v0.11.1"
	gogoModule   = "github.com/gogo/protobuf@v1.3.2"
)

type field struct {
	Name  string `json:"name"`
	JSON  string `json:"jsonName"`
	Type  string `json:"type"`
	Label string `json:"label"`
	Of    string `json:"of,omitempty"`
	Oneof string `json:"oneof,omitempty"`
}

type message struct {
	Fields   map[string]field `json:"fields"`
	Reserved []string         `json:"reserved,omitempty"`
	MapEntry bool             `json:"mapEntry,omitempty"`
}

type method struct {
	Input        string `json:"input"`
	Output       string `json:"output"`
	ClientStream bool   `json:"clientStream"`
	ServerStream bool   `json:"serverStream"`
}

type contract struct {
	Source   []string                     `json:"source"`
	Messages map[string]message           `json:"messages"`
	Enums    map[string]map[string]int32  `json:"enums"`
	Services map[string]map[string]method `json:"services"`
}

func newContract(source ...string) *contract {
	return &contract{
		Source:   source,
		Messages: map[string]message{},
		Enums:    map[string]map[string]int32{},
		Services: map[string]map[string]method{},
	}
}

func (c *contract) addFile(file protoreflect.FileDescriptor) {
	c.addMessages(file.Messages())
	c.addEnums(file.Enums())
	for i := range file.Services().Len() {
		service := file.Services().Get(i)
		methods := map[string]method{}
		for j := range service.Methods().Len() {
			m := service.Methods().Get(j)
			methods[string(m.Name())] = method{
				Input:        string(m.Input().FullName()),
				Output:       string(m.Output().FullName()),
				ClientStream: m.IsStreamingClient(),
				ServerStream: m.IsStreamingServer(),
			}
		}
		c.Services[string(service.FullName())] = methods
	}
}

func (c *contract) addMessages(messages protoreflect.MessageDescriptors) {
	for i := range messages.Len() {
		m := messages.Get(i)
		fields := map[string]field{}
		for j := range m.Fields().Len() {
			f := m.Fields().Get(j)
			fields[fmt.Sprint(f.Number())] = describeField(f)
		}
		var reserved []string
		for j := range m.ReservedRanges().Len() {
			r := m.ReservedRanges().Get(j)
			reserved = append(reserved, fmt.Sprintf("%d-%d", r[0], r[1]-1))
		}
		c.Messages[string(m.FullName())] = message{fields, reserved, m.IsMapEntry()}
		c.addMessages(m.Messages())
		c.addEnums(m.Enums())
	}
}

func (c *contract) addEnums(enums protoreflect.EnumDescriptors) {
	for i := range enums.Len() {
		values := map[string]int32{}
		for j := range enums.Get(i).Values().Len() {
			v := enums.Get(i).Values().Get(j)
			values[string(v.Name())] = int32(v.Number())
		}
		c.Enums[string(enums.Get(i).FullName())] = values
	}
}

func describeField(f protoreflect.FieldDescriptor) field {
	out := field{
		Name: string(f.Name()), JSON: f.JSONName(), Type: f.Kind().String(), Label: f.Cardinality().String(),
	}
	if f.Message() != nil {
		out.Of = string(f.Message().FullName())
	}
	if f.Enum() != nil {
		out.Of = string(f.Enum().FullName())
	}
	if f.ContainingOneof() != nil {
		out.Oneof = string(f.ContainingOneof().Name())
	}
	return out
}

// moduleDir has the go command fetch a module and answers where it lies.
func moduleDir(module string) string {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		log.Fatalf("Cannot download %s: %v", module, err)
	}
	var info struct{ Dir string }
	if err := json.Unmarshal(out, &info); err != nil {
		log.Fatal(err)
	}
	return info.Dir
}

// registered finds an import among the descriptors compiled into this program. Jaeger imports gnostic
// by a path that has a prefix more than the one it registers.
func registered(path string) (protocompile.SearchResult, error) {
	file, err := protoregistry.GlobalFiles.FindFileByPath(strings.TrimPrefix(path, "gnostic/"))
	if err != nil {
		return protocompile.SearchResult{}, err
	}
	proto := protodesc.ToFileDescriptorProto(file)
	proto.Name = &path
	return protocompile.SearchResult{Proto: proto}, nil
}

func jaeger() *contract {
	root := moduleDir(jaegerModule)
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(protocompile.CompositeResolver{
			protocompile.ResolverFunc(registered),
			&protocompile.SourceResolver{ImportPaths: []string{
				filepath.Join(root, "proto/api_v2"), filepath.Join(root, "proto"), moduleDir(gogoModule),
			}},
		}),
	}
	files, err := compiler.Compile(context.Background(), "model.proto", "collector.proto", "sampling.proto",
		"query.proto", "api_v3/query_service.proto", "expression/v1/expression.proto", "storage/v2/capabilities.proto",
		"storage/v2/dependency_storage.proto", "storage/v2/trace_storage.proto")
	if err != nil {
		log.Fatalf("Cannot compile %s: %v", jaegerModule, err)
	}
	c := newContract(jaegerModule)
	for _, file := range files {
		c.addFile(file)
	}
	return c
}

func compiled(source string, paths ...string) *contract {
	c := newContract(source)
	for _, path := range paths {
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			log.Fatalf("Cannot find %s: %v", path, err)
		}
		c.addFile(file)
	}
	return c
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: descriptors FOLDER")
	}
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			versions[dep.Path] = dep.Path + "@" + dep.Version
		}
	}
	contracts := map[string]*contract{
		"jaeger": jaeger(),
		"opentelemetry": compiled(versions["go.opentelemetry.io/proto/otlp"],
			"opentelemetry/proto/common/v1/common.proto", "opentelemetry/proto/resource/v1/resource.proto",
			"opentelemetry/proto/trace/v1/trace.proto", "opentelemetry/proto/collector/trace/v1/trace_service.proto"),
		"google-rpc": compiled(versions["google.golang.org/genproto/googleapis/rpc"],
			"google/rpc/status.proto", "google/rpc/error_details.proto"),
		"grpc-health": compiled(versions["google.golang.org/grpc"], "grpc/health/v1/health.proto"),
		"zipkin":      compiled(versions["github.com/openzipkin/zipkin-go"], "proto/zipkin_proto3/zipkin.proto"),
	}
	for name, c := range contracts {
		text, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(os.Args[1], name+".json"), append(text, '\n'), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
