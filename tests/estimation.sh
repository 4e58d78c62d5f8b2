#!/usr/bin/env bash
# Estimates recorded calls as if the provider had said nothing of their usage, and prints how far that is from what it said.
#   bash tests/estimation.sh DIR [--details]
# DIR is a folder of recordings as tests/captures.sh takes it. The tables are those of docs/estimation.md.
# Exits 0 where DIR is absent.
set -euo pipefail

if (($# == 0)) || [[ $1 == -* ]]; then
  echo "Skipped: no folder of recordings was given. bash tests/estimation.sh DIR measures one."
  exit 0
fi
if [[ ! -f $1/index.json ]]; then
  echo "Skipped: $1 has no index.json, so that there are no recordings to measure."
  exit 0
fi
folder=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
if [[ -z ${LLMETER_NO_BUILD:-} ]]; then
  dotnet build tests/LLMeterProxy.CaptureTests -c Release -v q -nologo
fi
exec dotnet tests/LLMeterProxy.CaptureTests/bin/Release/net10.0/LLMeterProxy.CaptureTests.dll estimation "$folder" "$@"
