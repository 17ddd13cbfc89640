#!/usr/bin/env bash
# Every test of the repository: builds, runs each test project to its end, and ends with "N passed, N failed" (and ", N skipped") alone on the last line.
# Needs the .NET 10 SDK; a PostgreSQL server of its own it starts from what is installed, or installs it with apt-get when root, and a Chromium
# likewise. Exit code 0 only if something ran and nothing failed.
#
#   tests/run.sh --load [FILTER]    instead: the load checks whole (100,000 and 400,000 contacts; an hour and more), and their figures at the end. FILTER chooses some: 190, four, told, salesforce
#   tests/run.sh --conformance      instead: the emulated CRMs with the clients of others: HubSpot's and Salesforce's own, jsforce, Salesforce's command line (over 600 MB of npm)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

if ! command -v dotnet >/dev/null 2>&1; then
  echo "The .NET 10 SDK is not on the PATH, and this script cannot install it: https://dotnet.microsoft.com/download"
  echo "0 passed, 1 failed"
  exit 1
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# The processes that tests start live for seconds: measuring their code in order to compile it once more takes a quarter of their time.
export DOTNET_TieredPGO=0

configuration=Release
if [ "${1:-}" = --load ]; then
  unset DOTNET_TieredPGO
  export CLQ_LOAD
  CLQ_LOAD="$(mktemp)"
  dotnet build tests/CrmLeadQualifier.Resilience -c "$configuration" -v quiet -nologo || exit 1
  dotnet test tests/CrmLeadQualifier.Resilience -c "$configuration" --no-build --filter "FullyQualifiedName~.Load.${2:+&DisplayName~$2}" --logger "console;verbosity=minimal" -- xUnit.ParallelizeTestCollections=false
  code=$?
  cat "$CLQ_LOAD"
  rm -f "$CLQ_LOAD"
  exit $code
fi
if [ "${1:-}" = --conformance ]; then
  dotnet build tests/CrmLeadQualifier.Conformance -c "$configuration" -v quiet -nologo || exit 1
  CLQ_CONFORMANCE=1 exec dotnet test tests/CrmLeadQualifier.Conformance -c "$configuration" --no-build --logger "console;verbosity=minimal" --blame-hang-timeout 10m
fi
results="$(mktemp -d)"
. tests/postgres.sh
trap 'postgres_stop; rm -rf "$results"' EXIT

echo "== PostgreSQL"
if ! postgres_start; then
  echo "No PostgreSQL server can be had, and its tests must not be skipped."
  echo "0 passed, 1 failed"
  exit 1
fi

echo "== Chromium"
if ! bash tests/chromium.sh; then
  echo "The tests of the pages need it, and must not be skipped."
  echo "0 passed, 1 failed"
  exit 1
fi

echo "== build"
if ! dotnet build CrmLeadQualifier.sln -c "$configuration" -v quiet -nologo; then
  echo "The build failed; no test ran."
  echo "0 passed, 1 failed"
  exit 1
fi

# Counts of one result file, from its <Counters …/> element.
counter() { grep -o '<Counters [^>]*' "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*' | head -1; }

passed=0 failed=0 skipped=0
for project in tests/*/*.csproj; do
  name="$(basename "$project" .csproj)"
  if grep -q '<IsTestProject>false' "$project"; then
    continue
  fi
  echo "== $name"
  dotnet test "$project" -c "$configuration" --no-build -v quiet --logger "console;verbosity=minimal" \
    --logger "trx;LogFileName=$results/$name.trx" --blame-hang-timeout 10m --results-directory "$results/$name"
  code=$?
  trx="$results/$name.trx"
  total=0 ok=0
  if [ -f "$trx" ]; then
    total=$(counter "$trx" total); ok=$(counter "$trx" passed); bad=$(counter "$trx" failed)
    total=${total:-0} ok=${ok:-0} bad=${bad:-0}
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
  else
    bad=0
  fi
  # A project that ended badly without a failed test did not finish: that is a failure of its own.
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    echo "$name did not finish (exit code $code)."
    failed=$((failed + 1))
  fi
done

if [ "$skipped" -gt 0 ]; then
  echo
  echo "== skipped"
  # One line a test: its name, and the first line of its reason.
  for trx in "$results"/*.trx; do
    tr -d '\r\n' <"$trx" | sed 's/<UnitTestResult /\n&/g' | grep 'outcome="NotExecuted"' |
      sed -E 's/.*testName="([^"]*)".*<(StdOut|Message)>([^<]*)<.*/\1: \3/; t; s/.*testName="([^"]*)".*/\1: no reason was given/' |
      sed -e 's/&quot;/"/g' -e 's/&gt;/>/g' -e 's/&lt;/</g' -e 's/&amp;/\&/g'
  done | sort
fi

echo
[ $((passed + failed)) -gt 0 ] || echo "No test ran."
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
