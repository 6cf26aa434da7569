#!/usr/bin/env bash
# Installs the Cassandra that test/servers starts, jars from Maven Central (67 MB), into
# .cache/peers/cassandra. Left alone when its stamp is current. Needs JDK 17 and Maven.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source=$root/test/servers/cassandra
target=$root/.cache/peers/cassandra

say() { printf 'install-peers-cassandra: %s\n' "$*"; }

stamp=$(cat "$source/pom.xml" "${BASH_SOURCE[0]}" | sha256sum | cut -d' ' -f1)
if [[ $(cat "$target/stamp" 2>/dev/null) == "$stamp" ]]; then
  say 'is up to date'
  exit 0
fi
for program in java mvn; do
  command -v "$program" >/dev/null && continue
  say "cannot install Cassandra: $program is not on the PATH" >&2
  exit 1
done
rm -rf "$target"
mkdir -p "$target"
mvn --quiet --batch-mode -Dstyle.color=never -f "$source/pom.xml" dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$target/lib"
printf '%s\n' "$stamp" >"$target/stamp"
say "installed in $SECONDS s"
