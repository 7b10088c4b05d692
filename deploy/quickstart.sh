#!/usr/bin/env bash
# Starts SecureRecorder on this machine and records a demonstration: consent, capture, sealing, upload, replay.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: deploy/quickstart.sh [--data DIR] [--port N] [--s3] [--once]

Installs what is missing, builds, starts the server on 127.0.0.1, records 30 seconds of a
display of its own, and prints the replay link and how to sign in.

  --data DIR   where everything is kept (default ./.data): catalogue.db, bucket/, keys/
  --port N     the server's port (default 5080)
  --s3         keep recordings in a local S3 server (Ceph) instead of a folder
  --once       record, read it back, print "recorded and verified", stop everything

Exit codes: 0 done, 1 something failed (the message says what), 2 usage, 3 something is missing.
USAGE
}

root=$(cd "$(dirname "$0")/.." && pwd)
data=$PWD/.data port=5080 s3= once= seconds=${DEMO_SECONDS:-30}
while [ $# -gt 0 ]; do
  case $1 in
    --data) [ $# -ge 2 ] || { usage >&2; exit 2; }; data=$(realpath -m "$2"); shift 2 ;;
    --port) [ $# -ge 2 ] || { usage >&2; exit 2; }; port=$2; shift 2 ;;
    --s3) s3=1; shift ;;
    --once) once=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "quickstart: unknown option '$1'" >&2; usage >&2; exit 2 ;;
  esac
done
case $port in '' | *[!0-9]*) echo "quickstart: --port '$port' is not a number" >&2; exit 2 ;; esac
if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then echo "quickstart: --port $port is not between 1 and 65535" >&2; exit 2; fi

say() { printf '%s\n' "$*"; }
fail() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }

# --- what it needs ---------------------------------------------------------------------------------------------
# shellcheck source=deploy/prerequisites.sh
. "$root/deploy/prerequisites.sh"
need ffmpeg ffmpeg
need Xvfb xvfb
need xterm xterm
need node nodejs
need npm npm
need fc-list fontconfig fonts-dejavu-core
if [ -n "$s3" ]; then need radosgw radosgw; need ceph-mon ceph-mon; need ceph-osd ceph-osd; need openssl openssl; need curl curl; fi
install_needed || exit 3
need_dotnet || exit 3

# --- end only what was started here ------------------------------------------------------------------------------
pids=() s3_started=
cleanup() {
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ -n "$s3_started" ]; then "$root/deploy/local-s3.sh" stop --data "$data/s3" >/dev/null 2>&1 || true; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$data/log"; chmod 700 "$data" "$data/log"
log=$data/log

# --- build -------------------------------------------------------------------------------------------------------
say "Building (the first time takes a minute or two) ..."
for project in Admin Recorder; do
  dotnet build "$root/src/$project" -c Release -v q --nologo >"$log/build-$project.txt" 2>&1 || { tail -20 "$log/build-$project.txt" >&2; fail "the build of src/$project failed; all of it is in $log/build-$project.txt"; }
done
admin=$root/src/Admin/bin/Release/net10.0/secure-recorder-admin
recorder=$root/src/Recorder/bin/Release/net10.0/secure-recorder

# --- the bucket --------------------------------------------------------------------------------------------------
export DataDirectory=$data
export Notice__Controller="${Notice__Controller:-Demonstration Ltd, 1 Example Street, Berlin}"
export Notice__Contact="${Notice__Contact:-privacy@demonstration.example}"
export Notice__ComplaintAuthority="${Notice__ComplaintAuthority:-Berliner Beauftragte für Datenschutz und Informationsfreiheit}"
if [ -n "$s3" ]; then
  say "Starting a local S3 server ..."
  "$root/deploy/local-s3.sh" start --data "$data/s3" >"$log/s3.txt" 2>&1 || { tail -5 "$log/s3.txt" >&2; fail "the local S3 server did not start; see $log/s3.txt"; }
  s3_started=1
  eval "$("$root/deploy/local-s3.sh" env --data "$data/s3")"
  export Location__Kind=s3 Location__Endpoint="$S3_ENDPOINT" Location__Region="$S3_REGION" Location__Bucket=recordings
  export Location__AccessKeyId="$S3_ACCESS_KEY" Location__SecretAccessKey="$S3_SECRET_KEY"
fi

# --- the server --------------------------------------------------------------------------------------------------
url=http://127.0.0.1:$port
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is in use; choose another with --port"; fi
(cd "$root/src/Admin/bin/Release/net10.0" && exec ./secure-recorder-admin serve --urls "$url") >"$log/server.txt" 2>&1 &
server=$!; pids+=("$server")
say "Starting the server on $url ..."
for _ in $(seq 300); do
  if node -e "fetch('$url/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))" 2>/dev/null; then break; fi
  kill -0 "$server" 2>/dev/null || { tail -20 "$log/server.txt" >&2; fail "the server did not start; see $log/server.txt"; }
  sleep 0.2
done

# --- the demonstration -------------------------------------------------------------------------------------------
say "Recording $seconds seconds of a display of its own ..."
mkfifo "$log/display" 2>/dev/null || true
Xvfb -displayfd 3 -screen 0 1280x800x24 -wr -nolisten tcp 3<>"$log/display" >"$log/xvfb.txt" 2>&1 & pids+=($!)
read -r -t 20 number <>"$log/display" || { cat "$log/xvfb.txt" >&2; fail "the demonstration's display (Xvfb) did not start"; }
rm -f "$log/display"
DISPLAY=:$number "$root/deploy/demo/screen.sh" >"$log/screen.txt" 2>&1 & pids+=($!)

session=$(node "$root/deploy/demo/demonstrate.mjs" --server "$url" --data "$data" --log "$log/server.txt" --seconds "$seconds" \
  --recorder "$recorder" --display ":$number" --spool "$data/spool" 2>"$log/demonstration.txt") || { tail -15 "$log/demonstration.txt" >&2; fail "the demonstration failed; see $log/demonstration.txt"; }

"$admin" verify --session "$session" >"$log/verify.txt" 2>&1 || { cat "$log/verify.txt" >&2; fail "session $session does not verify"; }
cat "$log/verify.txt"

if [ -n "$once" ]; then
  say "$session"
  say "recorded and verified"
  exit 0
fi

cat <<READY

Session $session was recorded and verified.

  Replay   $url/sessions/$session
  Sign in  $(node "$root/deploy/demo/demonstrate.mjs" --data "$data" --print user)
           password  $(node "$root/deploy/demo/demonstrate.mjs" --data "$data" --print password)
           code      $(node "$root/deploy/demo/demonstrate.mjs" --data "$data" --print code)   (changes every 30 s: run  node deploy/demo/demonstrate.mjs --data '$data' --print code)

  Your own session: sign in, accept that you are recorded too, choose "Start a session", and tell the code to the person who is to be recorded.
  Data     $data
  Ctrl-C stops everything.
READY
wait "$server"
