#!/usr/bin/env bash
# CPU microseconds a request of the proxy process, against bare YARP, on this machine. docs/performance.md says how to read it.
#   bash tests/bench.sh                 everything, some minutes
#   bash tests/bench.sh --rounds=2 --requests=5000 --workloads=json-0.2k
#   bash tests/bench.sh --ladder        from bare YARP to caps on Redis and a ledger on PostgreSQL, one thing more at each rung
#   bash tests/bench.sh ledger          the ledger's own cost a record
set -euo pipefail
cd "$(dirname "$0")/.."
out="${BENCH_OUT:-${TMPDIR:-/tmp}/llmeter-bench}"
dotnet publish src/LLMeterProxy -c Release -v q --nologo -o "$out/product" >&2
dotnet publish tests/LLMeterProxy.Benchmarks -c Release -v q --nologo -o "$out/bench" >&2
if [ "${1:-}" = ledger ]; then
  exec dotnet "$out/bench/LLMeterProxy.Benchmarks.dll" "$@"
fi
echo "- commit: $(git rev-parse --short HEAD 2>/dev/null || echo none)"
exec dotnet "$out/bench/LLMeterProxy.Benchmarks.dll" run "--product=$out/product/LLMeterProxy.dll" "$@"
