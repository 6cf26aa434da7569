#!/usr/bin/env bash
# Installs the foreign programs that test/clients runs against the gateway, all
# from package registries, into .cache/peers; Jaeger's client for Ruby is a package
# of Debian. A part whose stamp is current is
# left alone. Needs Go 1.26, JDK 17, Maven, Python 3.11 and Node 20.
#
#   scripts/install-peers.sh            everything
#   scripts/install-peers.sh go java    only these parts
set -euo pipefail

grpcurl_version=v1.9.4
telemetrygen_version=v0.161.0

parts='tools go protos node propagators python java'
parts+=' node-jaeger python-jaeger go-jaeger java-jaeger ruby-jaeger python-otel-jaeger node-otel-jaeger'
parts+=' zipkin-node zipkin-java node-sampling java-sampling'

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sources=$root/test/clients
peers=$root/.cache/peers
mkdir -p "$peers/bin" "$peers/stamps"

say() { printf 'install-peers: %s\n' "$*"; }

need() {
  command -v "$1" >/dev/null && return
  say "cannot install the $2 peers: $1 is not on the PATH" >&2
  exit 1
}

# The stamp is a hash of what the part is made from: its sources, this script
# and the version of the tool that builds it.
stamp_of() {
  local folder=$1 tool=$2 folders=("$1")
  case ${folder##*/} in
    # Programs of these parts make their spans by the code in rounds.
    go | *-jaeger | *-sampling) folders+=("$sources/rounds") ;;
  esac
  {
    printf '%s\n' "$tool"
    sha256sum <"${BASH_SOURCE[0]}"
    if [[ -d $folder ]]; then
      find "${folders[@]}" -type f -not -path '*/node_modules/*' -not -path '*/target/*' \
        -not -path '*/__pycache__/*' -print0 | sort -z | xargs -0 cat | sha256sum
    fi
  } | sha256sum | cut -d' ' -f1
}

# part NAME SOURCE_FOLDER TOOL_VERSION FUNCTION
part() {
  local name=$1 stamp started=$SECONDS
  stamp=$(stamp_of "$2" "$3")
  if [[ $(cat "$peers/stamps/$name" 2>/dev/null) == "$stamp" ]]; then
    # Tests compare its time with that of the sources.
    touch "$peers/stamps/$name"
    say "$name is up to date"
    return
  fi
  rm -f "$peers/stamps/$name"
  "$4"
  printf '%s\n' "$stamp" >"$peers/stamps/$name"
  say "$name installed in $((SECONDS - started)) s"
}

install_tools() {
  GOBIN=$peers/bin go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version"
  GOBIN=$peers/bin go install \
    "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@$telemetrygen_version"
}

build_go() {
  (cd "$sources/go" && GOBIN=$peers/bin go install ./cmd/...)
}

module_folder() {
  (cd "$sources/go" && go mod download "$1" && go list -m -f '{{.Dir}}' "$1")
}

# Jaeger's published proto files and the ones they import.
install_protos() {
  local protos=$peers/protos idl gogo googleapis
  idl=$(module_folder github.com/jaegertracing/jaeger-idl)
  gogo=$(module_folder github.com/gogo/protobuf)
  googleapis=$(module_folder github.com/gogo/googleapis)
  [[ ! -d $protos ]] || chmod -R u+w "$protos"
  rm -rf "$protos"
  mkdir -p "$protos/google"
  cp -r "$idl/proto/." "$protos/"
  cp -r "$gogo/gogoproto" "$protos/gogoproto"
  cp -r "$googleapis/google/api" "$protos/google/api"
  chmod -R u+w "$protos"
  find "$protos" -type f -not -name '*.proto' -delete
}

install_node() {
  rm -rf "$peers/node"
  mkdir "$peers/node"
  cp "$sources"/node/{package.json,package-lock.json,*.js} "$peers/node/"
  (cd "$peers/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

install_propagators() {
  rm -rf "$peers/propagators"
  mkdir "$peers/propagators"
  cp "$sources"/propagators/{package.json,package-lock.json,*.js} "$peers/propagators/"
  (cd "$peers/propagators" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

install_python() {
  rm -rf "$peers/python"
  python3 -m venv "$peers/python"
  "$peers/python/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --only-binary :all: -r "$sources/python/requirements.txt"
  cp "$sources/python/otlp_sdk.py" "$peers/python/"
}

install_node_jaeger() {
  rm -rf "$peers/node-jaeger"
  mkdir "$peers/node-jaeger"
  cp "$sources"/node-jaeger/{package.json,package-lock.json,*.js} "$sources/rounds/rounds.js" "$peers/node-jaeger/"
  (cd "$peers/node-jaeger" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

# threadloop and thrift are published as sources alone; they are Python and need no compiler.
install_python_jaeger() {
  rm -rf "$peers/python-jaeger"
  python3 -m venv "$peers/python-jaeger"
  "$peers/python-jaeger/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    -r "$sources/python-jaeger/requirements.txt"
  cp "$sources/python-jaeger/"*.py "$peers/python-jaeger/"
}

# Old clients and exporters of Jaeger, each part with the versions that fit it.
build_go_jaeger() {
  (cd "$sources/go-jaeger" && go build -o "$peers/bin/jaeger-client-go" . &&
    go build -o "$peers/bin/jaeger-sampling-go" ./sampling)
}

build_java_jaeger() {
  rm -rf "$peers/java-jaeger"
  mkdir "$peers/java-jaeger"
  cp -r "$sources/java-jaeger/." "$peers/java-jaeger/"
  cp "$sources/rounds/Rounds.java" "$peers/java-jaeger/src/main/java/peers/"
  (cd "$peers/java-jaeger" && mvn --quiet --batch-mode -Dstyle.color=never package)
}

install_ruby_jaeger() {
  mkdir -p "$peers/ruby-jaeger"
  cp "$sources/ruby-jaeger/jaeger_client.rb" "$peers/ruby-jaeger/"
}

install_python_otel_jaeger() {
  rm -rf "$peers/python-otel-jaeger"
  python3 -m venv "$peers/python-otel-jaeger"
  "$peers/python-otel-jaeger/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    -r "$sources/python-otel-jaeger/requirements.txt"
  cp "$sources/python-otel-jaeger/jaeger_exporter.py" "$peers/python-otel-jaeger/"
}

install_node_otel_jaeger() {
  rm -rf "$peers/node-otel-jaeger"
  mkdir "$peers/node-otel-jaeger"
  cp "$sources"/node-otel-jaeger/{package.json,package-lock.json,*.js} "$peers/node-otel-jaeger/"
  (cd "$peers/node-otel-jaeger" &&
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

build_java() {
  rm -rf "$peers/java"
  mkdir "$peers/java"
  cp -r "$sources/java/." "$peers/java/"
  (cd "$peers/java" && mvn --quiet --batch-mode -Dstyle.color=never package)
}

install_zipkin_node() {
  rm -rf "$peers/zipkin-node"
  mkdir "$peers/zipkin-node"
  cp "$sources"/zipkin-node/{package.json,package-lock.json,*.js} "$peers/zipkin-node/"
  (cd "$peers/zipkin-node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

build_zipkin_java() {
  rm -rf "$peers/zipkin-java"
  mkdir "$peers/zipkin-java"
  cp -r "$sources/zipkin-java/." "$peers/zipkin-java/"
  (cd "$peers/zipkin-java" && mvn --quiet --batch-mode -Dstyle.color=never package)
}

install_node_sampling() {
  rm -rf "$peers/node-sampling"
  mkdir "$peers/node-sampling"
  cp "$sources"/node-sampling/{package.json,package-lock.json,*.js} "$sources/rounds/rounds.js" "$peers/node-sampling/"
  (cd "$peers/node-sampling" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

build_java_sampling() {
  rm -rf "$peers/java-sampling"
  mkdir "$peers/java-sampling"
  cp -r "$sources/java-sampling/." "$peers/java-sampling/"
  cp "$sources/rounds/Rounds.java" "$peers/java-sampling/src/main/java/peers/"
  (cd "$peers/java-sampling" && mvn --quiet --batch-mode -Dstyle.color=never package)
}

install_part() {
  case $1 in
    tools)
      need go Go
      part tools none "$(go version)" install_tools
      ;;
    go)
      need go Go
      part go "$sources/go" "$(go version)" build_go
      ;;
    protos)
      need go Go
      part protos "$sources/go" "$(go version)" install_protos
      ;;
    node)
      need npm Node
      part node "$sources/node" "$(node --version)" install_node
      ;;
    propagators)
      need npm Node
      part propagators "$sources/propagators" "$(node --version)" install_propagators
      ;;
    python)
      need python3 Python
      part python "$sources/python" "$(python3 --version)" install_python
      ;;
    node-jaeger)
      need npm Node
      part node-jaeger "$sources/node-jaeger" "$(node --version)" install_node_jaeger
      ;;
    python-jaeger)
      need python3 Python
      part python-jaeger "$sources/python-jaeger" "$(python3 --version)" install_python_jaeger
      ;;
    go-jaeger)
      need go Go
      part go-jaeger "$sources/go-jaeger" "$(go version)" build_go_jaeger
      ;;
    java-jaeger)
      need mvn Java
      part java-jaeger "$sources/java-jaeger" "$(java -version 2>&1)" build_java_jaeger
      ;;
    ruby-jaeger)
      # In no registry but Debian's, which is not this script's to install from.
      if ! ruby -e "require 'jaeger/client'" 2>/dev/null; then
        say "leaves ruby-jaeger out: it needs Debian's package ruby-jaeger-client"
        return
      fi
      part ruby-jaeger "$sources/ruby-jaeger" none install_ruby_jaeger
      ;;
    python-otel-jaeger)
      need python3 Python
      part python-otel-jaeger "$sources/python-otel-jaeger" "$(python3 --version)" install_python_otel_jaeger
      ;;
    node-otel-jaeger)
      need npm Node
      part node-otel-jaeger "$sources/node-otel-jaeger" "$(node --version)" install_node_otel_jaeger
      ;;
    java)
      need mvn Java
      part java "$sources/java" "$(java -version 2>&1)" build_java
      ;;
    zipkin-node)
      need npm Node
      part zipkin-node "$sources/zipkin-node" "$(node --version)" install_zipkin_node
      ;;
    node-sampling)
      need npm Node
      part node-sampling "$sources/node-sampling" "$(node --version)" install_node_sampling
      ;;
    java-sampling)
      need mvn Java
      part java-sampling "$sources/java-sampling" "$(java -version 2>&1)" build_java_sampling
      ;;
    zipkin-java)
      need mvn Java
      part zipkin-java "$sources/zipkin-java" "$(java -version 2>&1)" build_zipkin_java
      ;;
    *)
      say "unknown part $1; there are $parts" >&2
      exit 2
      ;;
  esac
}

if [[ $# -eq 0 ]]; then
  # shellcheck disable=SC2086
  set -- $parts
fi
for name in "$@"; do
  install_part "$name"
done
say "ready in $SECONDS s"
