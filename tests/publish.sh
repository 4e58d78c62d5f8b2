#!/usr/bin/env bash
# Publishes the proxy as a user would and starts it from another directory: it must find its own files beside itself, make
# its data directory where it was started, answer, refuse a stranger, and stop on SIGTERM.
#   bash tests/publish.sh
# Exits 0 where every check passed.
set -euo pipefail
cd "$(dirname "$0")/.."

directory=$(mktemp -d "${TMPDIR:-/tmp}/llmeter-publish.XXXXXX")
proxy=
trap '[[ -z $proxy ]] || kill -KILL "$proxy" 2>/dev/null || true; rm -rf "$directory"' EXIT

dotnet publish src/LLMeterProxy -c Release -v q -nologo ${LLMETER_NO_BUILD:+--no-build} -o "$directory/app"
mkdir "$directory/elsewhere"
cd "$directory/elsewhere"

fail() {
  echo "$1"
  cat "$directory/log"
  exit 1
}

# One provider, whose key comes as its own SDKs take it; nothing is sent to it.
OPENAI_API_KEY=unused dotnet "$directory/app/LLMeterProxy.dll" \
  --LLMeter:Listen:Gateway=http://127.0.0.1:0 --LLMeter:Listen:Control=http://127.0.0.1:0 >"$directory/log" 2>&1 &
proxy=$!

deadline=$((SECONDS + 60))
address() {
  sed -n "s/.*\b$1 \+\(http:\/\/127\.0\.0\.1:[0-9]\+\).*/\1/p" "$directory/log" | head -1
}
# The status that a stranger gets, 0 where nobody answers.
status_of() {
  node -e 'fetch(process.argv[1], { headers: { authorization: "Bearer nobody" } }).then((r) => console.log(r.status), () => console.log(0))' "$1"
}
until [[ -n $(address control) && -n $(address gateway) && $(status_of "$(address control)/readyz") == 200 ]]; do
  kill -0 "$proxy" 2>/dev/null || fail "The proxy ended at its start."
  ((SECONDS < deadline)) || fail "The proxy was not ready within 60 s."
  sleep 0.2
done

[[ -n $(ls llmeter-data 2>/dev/null) ]] || fail "There is no data directory where the proxy was started."
status=$(status_of "$(address gateway)/openai/v1/models")
[[ $status == 401 ]] || fail "A stranger got $status, not 401."

kill -TERM "$proxy"
status=0
wait "$proxy" || status=$?
proxy=
[[ $status == 0 || $status == 143 ]] || fail "The proxy ended with exit code $status after SIGTERM."
echo "The published proxy starts from any directory."
