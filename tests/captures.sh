#!/usr/bin/env bash
# Replays recorded provider responses through the whole gateway and compares each usage record with what the recording's
# index expects. The recordings are not part of the repository.
#   bash tests/captures.sh DIR [--only=GLOB] [--seed=N] [--rounds=N] [--parallel=N] [--details]
# DIR has an index.json that lists the recordings; beside it stands one folder each with response.body and meta.json.
#   --only      only ids like GLOB, such as 'openai/chat.*'
#   --seed      repeats the cuts of an earlier run
#   --rounds    how often each body is split at random borders, default 3
#   --details   expectation, raw usage and record of every failure
# Ends with one line: N passed, N failed. Exits 0 where nothing failed, and where DIR is absent.
set -euo pipefail

if (($# == 0)) || [[ $1 == -* ]]; then
  echo "Skipped: no folder of recordings was given. bash tests/captures.sh DIR replays one."
  exit 0
fi
if [[ ! -d $1 ]]; then
  echo "Skipped: there is no folder $1."
  exit 0
fi
folder=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build tests/LLMeterProxy.CaptureTests -c Release -v q -nologo
fi
exec dotnet tests/LLMeterProxy.CaptureTests/bin/Release/net10.0/LLMeterProxy.CaptureTests.dll "$folder" "$@"
