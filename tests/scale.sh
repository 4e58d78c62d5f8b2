#!/usr/bin/env bash
# Loads N usage records into each ledger engine out of order, from three nodes, twice; checks that each was counted once, and
# prints how fast they went in and how long questions about the month take.
#   bash tests/scale.sh [N] [ENGINE]     default 30000; sqlite, postgres or both (the default)
#   bash tests/scale.sh 10000000         the long form: half an hour or so, and some 12 GB of disk an engine
# Starts and ends a PostgreSQL of its own. Exits 0 where every sum is right; times are printed, not judged.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build tests/LLMeterProxy.Benchmarks -c Release -v q -nologo
fi
exec dotnet tests/LLMeterProxy.Benchmarks/bin/Release/net10.0/LLMeterProxy.Benchmarks.dll scale "${1:-30000}" "${2:-both}"
