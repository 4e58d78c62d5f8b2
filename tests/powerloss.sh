#!/usr/bin/env bash
# Watches the system calls of the proxy: under Durability=PowerLoss the record of every call is on the disk before the call's
# terminal bytes are written to the client. Needs strace, which root installs here where it is missing.
#   bash tests/powerloss.sh [CALLS]     default 16; 8 have every shape once
# Exits 0 where every check passed, 77 where there is no strace or it may not trace.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v strace >/dev/null && [[ $(id -u) == 0 ]]; then
  apt-get install -y -q strace >/dev/null 2>&1 || true
fi
if ! strace -f --seccomp-bpf -o /dev/null true 2>/dev/null; then
  echo "skipped: strace is missing, too old for --seccomp-bpf, or may not trace here"
  exit 77
fi

directory=$(mktemp -d "${TMPDIR:-/tmp}/llmeter-powerloss.XXXXXX")
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build src/LLMeterProxy -c Release -v q -nologo
  dotnet build tests/LLMeterProxy.LoadTests -c Release -v q -nologo
fi

set -m
timeout --foreground -k 10 600 \
  dotnet tests/LLMeterProxy.LoadTests/bin/Release/net10.0/LLMeterProxy.LoadTests.dll powerloss \
  --proxy src/LLMeterProxy/bin/Release/net10.0/LLMeterProxy.dll --directory "$directory" --calls "${1:-16}" &
group=$!
set +m
trap 'kill -KILL -- -"$group" 2>/dev/null || true' EXIT
status=0
wait "$group" || status=$?
if [[ $status == 0 ]]; then
  rm -rf "$directory"
else
  echo "Files kept in $directory"
fi
exit "$status"
