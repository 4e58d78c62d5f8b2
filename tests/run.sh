#!/usr/bin/env bash
# Runs every test there is, on a clean clone too, and ends with one line: N passed, N failed.
#   bash tests/run.sh                   everything
#   bash tests/run.sh --filter EXPR     only the tests that `dotnet test --filter` selects
# Needs the .NET 10 SDK and Node 20 or later. Installs the packages of the Node tests (npm ci) and, as root, strace,
# redis-server, redis-sentinel and postgresql; tests start those on loopback by themselves, no service is left running.
#   CI=true        restore only what the lock files say
#   FUZZ_CASES=N   cases of the fuzz run, default 20000
#   CRASH_KILLS=N  kills of the crash run, default 3; 0 leaves it out
#   REPLICA_KILLS=N  kills of the run with three replicas, default 3; 0 leaves it out
#   SCALE_RECORDS=N  records that each ledger engine is loaded with, default 20000; 0 leaves it out
#   LLMETER_CAPTURES=DIR  a folder of recorded provider responses to replay; without it they are left out
# Exits 0 where nothing failed and every test project ran at least one test.
set -uo pipefail
captures=${LLMETER_CAPTURES:+$(realpath -m "$LLMETER_CAPTURES")}
cd "$(dirname "$0")/.."

filter=
while (($#)); do
  case $1 in
    --filter)
      filter=${2:?--filter needs an expression}
      shift 2
      ;;
    -h | --help)
      sed -n '2,12s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *)
      echo "Unknown option: $1. Try --help." >&2
      exit 2
      ;;
  esac
done

# Nothing that is started here may outlive this script: no compiler server, no MSBuild node.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
readonly configuration=Release
readonly project_limit=900

passed=0
failed=0
skipped=0
broken=()
results=$(mktemp -d "${TMPDIR:-/tmp}/llmeter-tests.XXXXXX")
running=
left_out=
trap 'end_running; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM

end_running() {
  if [[ -n $running ]]; then
    kill -TERM -- "-$running" 2>/dev/null && sleep 2
    kill -KILL -- "-$running" 2>/dev/null
    running=
  fi
}

# A process group of its own, so that ending it ends whatever the command started.
in_group() {
  local status=0
  set -m
  timeout --foreground -k 10 "$project_limit" "$@" &
  running=$!
  set +m
  wait "$running" || status=$?
  end_running
  return "$status"
}

fail() {
  failed=$((failed + 1))
  broken+=("$1")
  echo "FAILED: $1"
}

skip() {
  skipped=$((skipped + 1))
  echo "SKIPPED: $1"
}

# A check is a test of its own in the sum. Status 77 is a skip whose reason the check has printed.
check() {
  local name=$1 status=0
  shift
  echo "== $name"
  in_group "$@" || status=$?
  case $status in
    0) passed=$((passed + 1)) ;;
    77) skip "$name, see above" ;;
    *) fail "$name (exit code $status)" ;;
  esac
}

summary() {
  if ((${#broken[@]})); then
    echo
    printf 'FAILED: %s\n' "${broken[@]}"
  fi
  echo
  if ((skipped)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  ((failed == 0 && passed > 0))
  exit
}

# Without these there is nothing to run: the first that is missing ends the run.
need() {
  local name=$1
  shift
  echo "== $name"
  if ! "$@"; then
    fail "$name"
    summary
  fi
}

has_tools() {
  if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
    return 1
  fi
  if ! command -v npm >/dev/null || ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null; then
    echo "Node 20 or later with npm is missing: https://nodejs.org"
    return 1
  fi
  if ! command -v strace >/dev/null; then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq strace; } >/dev/null 2>&1 ||
        echo "Could not install strace; the check of system calls is left out."
    else
      echo "strace is missing (Debian package strace); the check of system calls is left out."
    fi
  fi
  leave_out_tests_of_missing_services
}

# Tests that start a server have its name in theirs.
leave_out_tests_of_missing_services() {
  local missing
  missing=$(bash tests/services.sh) && return
  echo "$missing"
  if [[ $missing == *redis* ]]; then
    left_out+='&FullyQualifiedName!~Redis'
    skip "Tests with Redis in their name: redis-server or redis-sentinel is missing"
  fi
  if [[ $missing == *postgresql* ]]; then
    left_out+='&FullyQualifiedName!~Postgres'
    skip "Tests with Postgres in their name: PostgreSQL is missing"
  fi
}

node_packages() {
  local folder=tests/LLMeterProxy.SdkTests/node
  if [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
    return 0
  fi
  npm ci --prefix "$folder" --no-progress --loglevel=error
}

# xunit's skipped tests are in `total` and not in `executed`; the other counters of a trx file leave them out.
counter() {
  sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -1
}

skip_reasons() {
  awk -v RS='<UnitTestResult ' '/outcome="NotExecuted"/ {
    name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name)
    reason = $0; if (!sub(/.*<Message>/, "", reason)) reason = ""; sub(/<\/Message>.*/, "", reason)
    print "SKIPPED: " name ": " reason }' "$1"
}

test_project() {
  local project=$1 name status=0 trx total executed good
  local selected=${filter:+($filter)}$left_out
  selected=${selected#&}
  name=$(basename "$project" .csproj)
  trx=$results/$name.trx
  echo "== $name"
  in_group dotnet test "$project" -c "$configuration" --no-build --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" ${selected:+--filter "$selected"} || status=$?
  total=0
  if [[ -f $trx ]]; then
    total=$(counter "$trx" total)
    executed=$(counter "$trx" executed)
    good=$(counter "$trx" passed)
    passed=$((passed + good))
    skipped=$((skipped + total - executed))
    skip_reasons "$trx"
    if ((executed > good)); then
      failed=$((failed + executed - good))
      broken+=("$name: $((executed - good)) of $executed tests")
    elif ((status != 0)); then
      fail "$name ended with exit code $status although its tests passed"
    fi
  elif ((status != 0)); then
    fail "$name ended with exit code $status without a result"
  fi
  if ((total == 0)) && [[ -z $filter ]] && ((status == 0)); then
    fail "$name ran no test"
  fi
}

need "Tools" has_tools
need "Node packages" node_packages
need "Restore" in_group dotnet restore -v q
need "Build" in_group dotnet build -c "$configuration" --no-restore -v q
if [[ -z $filter ]]; then
  check "Format" dotnet format --no-restore --verify-no-changes
fi

while read -r project; do
  test_project "$project"
done < <(grep -l 'Include="Microsoft.NET.Test.Sdk"' tests/*/*.csproj)

if [[ -z $filter ]]; then
  export LLMETER_NO_BUILD=1
  if [[ -f tests/publish.sh ]]; then
    check "Published form" bash tests/publish.sh
  fi
  check "Fuzz, ${FUZZ_CASES:=20000} cases" bash tests/fuzz.sh "$FUZZ_CASES"
  if [[ -f tests/crash.sh && ${CRASH_KILLS:=3} != 0 ]]; then
    check "Crash run, $CRASH_KILLS kills" bash tests/crash.sh "$CRASH_KILLS"
  fi
  if [[ -f tests/replicas.sh && ${REPLICA_KILLS:=3} != 0 ]]; then
    check "Three replicas, $REPLICA_KILLS kills" bash tests/replicas.sh "$REPLICA_KILLS"
  fi
  if [[ ${SCALE_RECORDS:=20000} != 0 ]]; then
    check "Ledgers with $SCALE_RECORDS records, twice and in disorder" bash tests/scale.sh "$SCALE_RECORDS"
  fi
  if [[ -f tests/powerloss.sh ]]; then
    check "Power loss, by system calls" bash tests/powerloss.sh
  fi
  if [[ -d $captures ]]; then
    check "Recorded responses" bash tests/captures.sh "$captures"
  else
    skip "Recorded responses: LLMETER_CAPTURES names no folder of recordings (they are not part of the repository)"
  fi
fi

summary
