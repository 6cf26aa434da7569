#!/usr/bin/env bash
# Builds Jaeger 2 from its published Go module, for test/long/jaeger-storage.test.ts, remote-jaeger.test.ts and
# remote-jaeger-cassandra.test.ts, into .cache/peers. The module has no release of its own for version 2: v1.76.0 is the commit of v2.13.0. Needs Go 1.24 or later;
# takes about ten minutes of CPU the first time.
set -euo pipefail

jaeger_version=v1.76.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/.cache/peers/bin/jaeger-2

if [[ -x $target && $(cat "$target.version" 2>/dev/null) == "$jaeger_version" ]]; then
  printf 'install-peers-jaeger: %s is up to date\n' "$jaeger_version"
  exit
fi
mkdir -p "$(dirname "$target")"
# `go install` refuses a module that replaces others; as the main module it is built as it is.
module=$(cd / && go mod download -json "github.com/jaegertracing/jaeger@$jaeger_version" |
  sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
(cd "$module" && go build -trimpath -buildvcs=false -o "$target" ./cmd/jaeger)
printf '%s\n' "$jaeger_version" >"$target.version"
printf 'install-peers-jaeger: %s built in %s s\n' "$jaeger_version" "$SECONDS"
