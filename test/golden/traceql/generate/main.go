// Asks the parser of Grafana Tempo about query texts: one JSON string a line in, one line out for each,
// "good" or what was refused, with why.
//
// Tempo's module cannot be required by its path since its second version; so this file is put into a
// checkout of Tempo, cmd/verdicts/main.go, and built there with -mod=vendor.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/grafana/tempo/pkg/traceql"
)

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var text string
		if err := json.Unmarshal(scanner.Bytes(), &text); err != nil {
			panic(err)
		}
		verdict := "good"
		if _, err := traceql.Parse(text); err != nil {
			verdict = "no query: " + err.Error()
		} else if _, _, _, _, _, err := traceql.Compile(text); err != nil {
			verdict = "not valid: " + err.Error()
		}
		line, err := json.Marshal(verdict)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(line))
	}
}
