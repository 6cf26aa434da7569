// Command otel-ratio decides about trace ids with the ratio sampler of OpenTelemetry's
// SDK for Go. Each line of its input is JSON, {"traceId", "ratio"}; each line of its
// output says {"sampled", "traceState"}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	samplers := map[float64]sdk.Sampler{}
	out := bufio.NewWriter(os.Stdout)
	defer func() { _ = out.Flush() }()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var asked struct {
			TraceID string  `json:"traceId"`
			Ratio   float64 `json:"ratio"`
		}
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			fail(err)
		}
		id, err := trace.TraceIDFromHex(asked.TraceID)
		if err != nil {
			fail(err)
		}
		if samplers[asked.Ratio] == nil {
			samplers[asked.Ratio] = sdk.TraceIDRatioBased(asked.Ratio)
		}
		result := samplers[asked.Ratio].ShouldSample(sdk.SamplingParameters{TraceID: id})
		line, _ := json.Marshal(map[string]any{
			"sampled":    result.Decision == sdk.RecordAndSample,
			"traceState": result.Tracestate.String(),
		})
		_, _ = fmt.Fprintln(out, string(line))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "otel-ratio:", err)
	os.Exit(1)
}
