#!/usr/bin/env bash
# Runs every test on this machine, with real servers: installs what is missing, builds once, runs tests/*.Tests one by one.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: tests/run.sh [NAME...]

  NAME   run only the projects whose names begin so: `tests/run.sh Storage` runs tests/Storage.Tests

The last line is `N passed, N failed, N skipped`. Exit codes: 0 all passed, 1 something failed, did not build,
crashed or ran nothing, 2 usage, 130/143 interrupted.
USAGE
}

case ${1:-} in -h | --help) usage; exit 0 ;; -*) echo "run.sh: unknown option '$1'" >&2; usage >&2; exit 2 ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
passed=0 failed=0 skipped=0 group=
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NO_COLOR=1

# ---- the end, however it comes ----------------------------------------------------------------------------------------
home=$(mktemp -d "${TMPDIR:-/tmp}/tXXXXXX"); chmod 755 "$home"

# what was started here carries this run's own TMPDIR in its environment; nothing else is touched
ours() {
  local folder pid
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    if [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] && { tr '\0' '\n' <"$folder/environ"; } 2>/dev/null | grep -q "^TMPDIR=$home/"; then echo "$pid"; fi
  done
}

finish() {
  local code=$? pid pids
  trap - EXIT; trap '' INT TERM
  if [ -n "$group" ]; then kill -TERM "$group" 2>/dev/null || true; fi
  for _ in $(seq 50); do
    pids=$(ours); [ -n "$pids" ] || break
    if [ "$_" = 1 ] || [ "$_" = 40 ]; then
      for pid in $pids; do kill -"$([ "$_" = 1 ] && echo TERM || echo KILL)" "$pid" 2>/dev/null || true; done
    fi
    sleep 0.2
  done
  rm -rf "$home" 2>/dev/null || true
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() { printf 'run.sh: %s\n' "$*" >&2; exit 1; }

# a child that finish can end; what it started is found by its TMPDIR
run() { # log, command…
  local log=$1 code=0; shift
  "$@" >"$log" 2>&1 </dev/null & group=$!
  wait "$group" || code=$?
  group=
  return $code
}

# ---- what the tests need ----------------------------------------------------------------------------------------------
# shellcheck source=deploy/prerequisites.sh
. "$root/deploy/prerequisites.sh"
need ffmpeg ffmpeg
need unzip unzip
need Xvfb xvfb
need xterm xterm
need xdotool xdotool
need xdpyinfo x11-utils
need fc-list fontconfig fonts-dejavu-core
need chromium chromium
need radosgw radosgw
need ceph-mon ceph-mon
need ceph-osd ceph-osd
need openssl openssl
need curl curl
need jq jq
need age age
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || needed+=(postgresql)
need setpriv util-linux
need rclone rclone
need ps procps
need node nodejs
need npm npm
install_needed || exit 1
need_dotnet || exit 1

# ---- build, once ------------------------------------------------------------------------------------------------------
projects=()
for project in "$root"/tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  if [ $# = 0 ]; then projects+=("$project"); fi
  for wanted in "$@"; do if [[ $name == "$wanted"* ]]; then projects+=("$project"); break; fi; done
done
[ ${#projects[@]} -gt 0 ] || fail "no tests/*.Tests project begins with: $*"

build() { # what, command…
  local what=$1; shift
  echo "$what ..."
  run "$home/build.txt" "$@" && return
  { grep -E "error|warning" "$home/build.txt" || tail -20 "$home/build.txt"; } | sort -u | head -20 >&2
  fail "$what failed"
}
build "Restoring" dotnet restore "$root/SecureRecorder.sln" --locked-mode
build "Building" dotnet build "$root/SecureRecorder.sln" -c Release --no-restore -v q -nodeReuse:false -warnaserror

# ---- run --------------------------------------------------------------------------------------------------------------
outcomes() { grep -ohE '<UnitTestResult [^>]* outcome="[A-Za-z]*"' "$1" 2>/dev/null | sed 's/.*outcome="//; s/"$//'; }

# name and first lines of every failure; awk cuts the results file at each result
failures() {
  awk 'BEGIN { RS = "<UnitTestResult " }
    NR > 1 && !/^[^>]* outcome="(Passed|NotExecuted)"/ {
      name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name)
      text = ""
      if (match($0, /<Message>/)) { text = substr($0, RSTART + 9); sub(/<\/Message>.*/, "", text) }
      count = split(text, lines, /\r?\n/)
      print "  FAILED " name
      for (i = 1; i <= count && i <= 40; i++) print "    " substr(lines[i], 1, 240)
    }' "$1" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#x[DA];//g; s/&amp;/\&/g'
}

mkdir -p "$home/tmp" "$home/results"
export TMPDIR=$home/tmp
runs=()
for project in "${projects[@]}"; do
  runs+=("$project")
  case $project in */Admin.Tests.csproj) runs+=("postgresql:$project") ;; esac # where people race, and what is searched: on the other database too
done

for each in "${runs[@]}"; do
  project=${each#postgresql:} with=() only=()
  case $project in */Admin.Tests.csproj) with=(DOTNET_JITMinOpts=1) ;; esac # a thousand servers in one process, each a few seconds old: most of the time went into optimizing what runs once
  name=$(basename "$project" .csproj) code=0 began=$SECONDS
  if [ "$each" != "$project" ]; then name=$name-on-PostgreSQL with+=(TESTS_CATALOGUE=postgresql) only=(--filter Catalogue=both); fi
  results=$home/results/$name.trx
  run "$home/results/$name.txt" timeout -k 30 2400 env "${with[@]}" dotnet test "$project" --no-build -c Release "${only[@]}" --logger "console;verbosity=normal" \
    --logger "trx;LogFileName=$name.trx" --results-directory "$home/results" || code=$?
  pass=0 fail=0 skip=0
  while read -r outcome; do
    case $outcome in Passed) pass=$((pass + 1)) ;; NotExecuted) skip=$((skip + 1)) ;; *) fail=$((fail + 1)) ;; esac
  done < <(outcomes "$results")
  [ -s "$results" ] && failures "$results"

  note=
  if [ "$code" != 0 ] && [ $fail = 0 ]; then note=", the run itself failed (exit code $code)"; fail=1
  elif [ $((pass + fail)) = 0 ]; then note=", no test ran"; fail=1; fi
  if [ -n "$note" ]; then tail -20 "$home/results/$name.txt" | sed 's/^/    /'; fi
  echo "$name: $pass passed, $fail failed, $skip skipped ($((SECONDS - began)) s)$note"
  passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
done

[ "$failed" = 0 ] || exit 1
