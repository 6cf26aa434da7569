// Package rounds makes spans by turns and prints how many of them are kept, for
// clients that ask a gateway what to sample.
package rounds

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Options are what a client is told by its flags.
type Options struct {
	// Endpoint is the host:port that is asked.
	Endpoint string
	// Report is the host:port that kept spans are sent to, empty for nowhere.
	Report     string
	Service    string
	Poll       time.Duration
	operations []string
	made       int
}

// Parse reads the flags.
func Parse() Options {
	endpoint := flag.String("endpoint", "127.0.0.1:5778", "host:port that is asked")
	report := flag.String("report", "", "host:port that kept spans are sent to")
	service := flag.String("service", "cart", "name of the service")
	operations := flag.String("operations", "GET /cart", "names of operations, separated by commas")
	pollMs := flag.Int("poll-ms", 1000, "how often the gateway is asked")
	made := flag.Int("made", 500, "spans of each operation in a round")
	flag.Parse()
	return Options{
		Endpoint:   *endpoint,
		Report:     *report,
		Service:    *service,
		Poll:       time.Duration(*pollMs) * time.Millisecond,
		operations: strings.Split(*operations, ","),
		made:       *made,
	}
}

// Run makes a round of root spans about every 50 ms, and prints a line of JSON after
// each, until the input ends. span makes and ends one, and says whether it is kept.
func (o Options) Run(span func(operation string) bool) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for range time.Tick(50 * time.Millisecond) {
		kept := map[string]int{}
		for _, operation := range o.operations {
			kept[operation] = 0
			for range o.made {
				if span(operation) {
					kept[operation]++
				}
			}
		}
		line, _ := json.Marshal(map[string]any{"made": o.made, "kept": kept})
		fmt.Println(string(line))
	}
}
