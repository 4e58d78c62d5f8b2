#!/usr/bin/env bash
# Three proxies on one Redis and one PostgreSQL, before one simulated provider. First 1,200 calls at once against a cap that has
# room for 400: exactly those are admitted. Then load, and N times kill -9 of a random proxy: afterwards the provider's bill, the
# ledger, the counters in Redis and the reports say the same to the nano-USD, and no cap was ever passed.
#   bash tests/replicas.sh [N] [SEED]   N kills, default 10; a seed repeats the schedule and the calls of an earlier run
#   REPLICA_CALLERS=N                   calls at once, default 1200; REPLICA_ROOM=N has room for so many, default 400
# Exits 0 where every check passed, 77 where redis-server or PostgreSQL is missing. The files of a run that failed are kept and named.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tests/services.sh || exit
kills=${1:-10}
directory=$(mktemp -d "${TMPDIR:-/tmp}/llmeter-replicas.XXXXXX")
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build src/LLMeterProxy -c Release -v q -nologo
  dotnet build tests/LLMeterProxy.LoadTests -c Release -v q -nologo
fi

# A group of its own, so that ending the group ends proxies, simulator and servers with it, however this script ends.
set -m
timeout --foreground -k 10 $((600 + kills * 90)) \
  dotnet tests/LLMeterProxy.LoadTests/bin/Release/net10.0/LLMeterProxy.LoadTests.dll replicas \
  --proxy src/LLMeterProxy/bin/Release/net10.0/LLMeterProxy.dll --directory "$directory" --kills "$kills" \
  --callers "${REPLICA_CALLERS:-1200}" --room "${REPLICA_ROOM:-400}" ${2:+--seed "$2"} &
group=$!
set +m
trap 'kill -KILL -- -"$group" 2>/dev/null || true' EXIT
status=0
wait "$group" || status=$?
if [[ $status == 0 ]]; then
  rm -rf "$directory"
fi
exit "$status"
