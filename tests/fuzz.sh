#!/usr/bin/env bash
# Reads random and damaged response bodies, split anyhow, and holds what is read to a slow reference parser.
#   bash tests/fuzz.sh [CASES] [SEED]   default 20,000 cases; a seed repeats a run
# Ends with the line "N passed, N failed" and exits 0 where nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build tests/LLMeterProxy.Fuzz -c Release -v q -nologo
fi
exec dotnet tests/LLMeterProxy.Fuzz/bin/Release/net10.0/LLMeterProxy.Fuzz.dll "${1:-20000}" ${2:+"$2"}
