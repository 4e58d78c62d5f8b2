#!/usr/bin/env bash
# Kills the proxy under load with kill -9, N times, and checks that nothing was lost and nothing counted twice.
#   bash tests/crash.sh [N] [SEED]      N kills, default 10; a seed repeats the schedule and the calls of an earlier run
# Exits 0 where every check passed. The files of a run that failed are kept and named.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-10}
directory=$(mktemp -d "${TMPDIR:-/tmp}/llmeter-crash.XXXXXX")
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build src/LLMeterProxy -c Release -v q -nologo
  dotnet build tests/LLMeterProxy.LoadTests -c Release -v q -nologo
fi

# A group of its own, so that ending the group ends the proxy and the simulator with it, however this script ends.
set -m
timeout --foreground -k 10 $((180 + kills * 60)) \
  dotnet tests/LLMeterProxy.LoadTests/bin/Release/net10.0/LLMeterProxy.LoadTests.dll crash \
  --proxy src/LLMeterProxy/bin/Release/net10.0/LLMeterProxy.dll --directory "$directory" --kills "$kills" ${2:+--seed "$2"} &
group=$!
set +m
trap 'kill -KILL -- -"$group" 2>/dev/null || true' EXIT
status=0
wait "$group" || status=$?
if [[ $status == 0 ]]; then
  rm -rf "$directory"
fi
exit "$status"
