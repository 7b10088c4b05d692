#!/usr/bin/env bash
# What the recorder itself costs beside ffmpeg: processor time as a ratio, resident memory over time.
#   recorder.sh [SECONDS]   records office content (1920x1080, 10 fps) into a folder for so long; default 60
# Needs what deploy/quickstart.sh needs, and a Release build of src/Admin and src/Recorder.
set -euo pipefail

seconds=${1:-60}
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d); pids=()
cleanup() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$work"; }
trap cleanup EXIT

port=$(node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
url=http://127.0.0.1:$port
export DataDirectory=$work Notice__Controller="Example Ltd" Notice__Contact=privacy@example.com Notice__ComplaintAuthority="Example Authority"
"$root/src/Admin/bin/Release/net10.0/secure-recorder-admin" serve --urls "$url" >"$work/server.txt" 2>&1 & pids+=($!)
for _ in $(seq 200); do curl -fs -o /dev/null "$url/health" && break; sleep 0.1; done

Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$work/display" 2>/dev/null & pids+=($!)
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
display=:$(cat "$work/display")
DISPLAY=$display "$root/tests/Benchmarks/Capture/office-content.sh" all "$((seconds + 90))" >"$work/content.txt" 2>&1 & pids+=($!)

node "$root/deploy/demo/demonstrate.mjs" --server "$url" --data "$work" --log "$work/server.txt" --seconds "$seconds" \
  --recorder "$root/src/Recorder/bin/Release/net10.0/secure-recorder" --display "$display" --spool "$work/spool" >"$work/session.txt" 2>"$work/demonstration.txt" & walk=$!

# user and system time in hundredths of a second, resident memory in MiB
cpu() { awk '{print $14+$15}' "/proc/$1/stat" 2>/dev/null || echo 0; }
memory() { awk '/VmRSS/{print int($2/1024)}' "/proc/$1/status" 2>/dev/null; }

recorder= ffmpeg= ours=0 theirs=0 rss=() began=
while kill -0 "$walk" 2>/dev/null; do
  if [ -z "$ffmpeg" ]; then
    recorder=$(pgrep -P "$walk" -f secure-recorder | head -1 || true)
    [ -z "$recorder" ] || ffmpeg=$(pgrep -P "$recorder" -x ffmpeg || true)
    if [ -n "$ffmpeg" ]; then began=$(cpu "$recorder"); fi
  else
    now=$(cpu "$ffmpeg"); if [ "$now" != 0 ]; then theirs=$now; ours=$(( $(cpu "$recorder") - began )); rss+=("$(memory "$recorder")"); fi
  fi
  sleep 1
done
wait "$walk" || { cat "$work/demonstration.txt" >&2; exit 1; }

size=$(cat "$work/bucket/v1/$(cat "$work/session.txt")/video"/*.seal | wc -c)
awk -v ours="$ours" -v theirs="$theirs" -v seconds="$seconds" -v size="$size" -v first="${rss[2]:-0}" -v middle="${rss[$((${#rss[@]} / 2))]:-0}" -v last="${rss[-1]:-0}" 'BEGIN {
  printf "recorder / ffmpeg processor time   %.1f %%   (at most 3 %%)\n", 100 * ours / theirs
  printf "ffmpeg                             %.1f %% of a core   (at most 25 %%)\n", theirs / seconds
  printf "recorder memory, MiB               %d after 3 s, %d in the middle, %d at the end   (at most 150, flat)\n", first, middle, last
  printf "sealed video                       %.1f MB an hour   (at most 110)\n", size / 1e6 * 3600 / seconds
}'
