#!/usr/bin/env bash
# Measures capture settings on office content: bytes, processor time, and likeness to a lossless capture of the same content.
#
#   tests/Benchmarks/Capture/measure-settings.sh [--live] [--only NAME] [--scratch DIR]
#
# Records a minute of all scenes and 58 s of idle (two key-frame intervals) losslessly from an Xvfb of its own, runs every candidate over
# both, and prints per candidate: MB (10^6) an hour over the minute, MB an hour idle, core % (user + system time of ffmpeg over the
# minute; the input is the raw BGRx that x11grab would deliver, so conversion is counted), SSIM-Y mean and minimum over every frame of the
# lossless capture, frames aligned by time and held until the next one. The chosen candidate is marked with *.
#   --live     then runs the chosen one live: x11grab, pipe and thumbnails, a minute of all and five minutes of idle
#   --only     measures only the candidate of this name
#   --scratch  where the lossless captures go: 10 GB, deleted at the end (default a new folder in /tmp; a disk is fine)
#
# Processor time grows with what else runs on the machine: compare it with the row "issue", or use an otherwise idle machine.
# Packages (Debian): ffmpeg xvfb xterm tk fonts-dejavu-core.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")") live= only= scratch=
while (( $# )); do
    case $1 in
        --live) live=1; shift ;;
        --only) only=${2:?--only needs a name}; shift 2 ;;
        --scratch) scratch=${2:?--scratch needs a folder}; shift 2 ;;
        *) echo "measure-settings.sh: '$1' is unknown: --live, --only NAME, --scratch DIR" >&2; exit 2 ;;
    esac
done
for tool in ffmpeg ffprobe Xvfb wish xterm awk; do
    command -v "$tool" >/dev/null || { echo "measure-settings.sh: $tool is missing" >&2; exit 3; }
done
scratch=$(mktemp -d "${scratch:-/tmp}/capture-settings.XXXXXX")
content= server=
cleanup() {
    [[ -z $content ]] || kill "$content" 2>/dev/null || true
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap cleanup EXIT
(( $(df --output=avail -k "$scratch" | tail -1) > 11000000 )) || { echo "measure-settings.sh: $scratch has less than 11 GB free" >&2; exit 3; }

Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$scratch/display" 2>/dev/null & server=$!
for _ in {1..100}; do [[ -s $scratch/display ]] && break; sleep 0.1; done
[[ -s $scratch/display ]] || { echo "measure-settings.sh: Xvfb did not start" >&2; exit 3; }
export DISPLAY=:$(<"$scratch/display")

# What every candidate shares: even size, BT.709 in limited range; then fragments as the recorder reads them.
convert='crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p'
changed='mpdecimate=hi=64:lo=64:frac=0:max=9'
tags=(-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv)
keys=(-force_key_frames 'expr:isnan(prev_forced_t)+gte(t,prev_forced_t+29)' -forced-idr 1)
exact=(-fflags +bitexact -flags:v +bitexact -map_metadata -1 -map_chapters -1)
fragments=(-movflags +empty_moov+default_base_moof+frag_keyframe -frag_duration 500000 -flush_packets 1 -f mp4)
nodelay='keyint=infinite:scenecut=0:bframes=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:force-cfr=0'
wide="$nodelay:psy=0:qcomp=1:me=umh:merange=64"
chosen=veryfast-19.1
text="$wide:ref=1:trellis=2:subme=4:aq-mode=3:aq-strength=1.75:ipratio=1.0:chroma-qp-offset=6"
best="$wide:aq-mode=3:aq-strength=1.5:ipratio=1.0:chroma-qp-offset=3"

# name | filters | encoder arguments
candidates=(
    "issue|$convert|-preset veryfast -crf 28 -g 300"
    "issue-decimated|$convert,$changed|-preset veryfast -crf 28 -g 300"
    "zerolatency|$convert,$changed|-preset veryfast -crf 28 -tune zerolatency -x264-params keyint=infinite:scenecut=0 @keys"
    "veryfast-28|$convert,$changed|-preset veryfast -crf 28 -threads 1 -x264-params $nodelay @keys"
    "veryfast-24|$convert,$changed|-preset veryfast -crf 24 -threads 1 -x264-params $nodelay:psy=0:qcomp=1 @keys"
    "veryfast-24-umh|$convert,$changed|-preset veryfast -crf 24 -threads 1 -x264-params $wide @keys"
    "medium-24-umh|$convert,$changed|-preset medium -crf 24 -threads 1 -x264-params $wide @keys"
    "slow-24-umh|$convert,$changed|-preset slow -crf 24 -threads 1 -x264-params $wide @keys"
    "slow-aq3|$convert,$changed|-preset slow -crf 20.7 -threads 1 -x264-params $wide:aq-mode=3:aq-strength=1.5 @keys"
    "veryfast-19.1|$convert,$changed|-preset veryfast -crf 19.1 -threads 1 -x264-params $text @keys"
    "medium-20.7|$convert,$changed|-preset medium -crf 20.7 -threads 1 -x264-params $best @keys"
    "slow-20.7|$convert,$changed|-preset slow -crf 20.7 -threads 1 -x264-params $best @keys"
    "slower-20.7|$convert,$changed|-preset slower -crf 20.7 -threads 1 -x264-params $best @keys"
)

show() { # scene seconds: starts the content and waits until it is drawn
    : >"$scratch/ready"
    "$here/office-content.sh" "$1" "$2" >"$scratch/ready" & content=$!
    until grep -q ready "$scratch/ready"; do kill -0 "$content" || exit 3; sleep 0.05; done
}
hide() { kill "$content" 2>/dev/null || true; wait "$content" 2>/dev/null || true; content=; sleep 1; }

capture() { # scene seconds
    show "$1" $(( $2 + 15 ))
    ffmpeg -nostdin -loglevel error -f x11grab -framerate 10 -video_size 1920x1080 -i "$DISPLAY" -t "$2" \
        -c:v rawvideo -fps_mode passthrough -enc_time_base 1:1000 -f nut -y "$scratch/$1.nut"
    hide
}

encode() { # scene filters arguments...: leaves encoded.mp4, prints user + system seconds
    local scene=$1 filters=$2; shift 2
    TIMEFORMAT='%U %S'
    { time ffmpeg -nostdin -loglevel error -i "$scratch/$scene.nut" -vf "$filters" -c:v libx264 -profile:v high -fps_mode passthrough \
        -enc_time_base 1:1000 "$@" "${tags[@]}" "${exact[@]}" "${fragments[@]}" -y "$scratch/$scene.mp4" 2>"$scratch/encode.log" ; } 2>&1 |
        awk '{ print $1 + $2 }'
    [[ ! -s $scratch/encode.log ]] || { cat "$scratch/encode.log" >&2; exit 4; }
}

likeness() { # mean and minimum SSIM-Y: half a millisecond early, so that a rounded time does not compare with the frame before
    ffmpeg -nostdin -loglevel error -i "$scratch/all.nut" -i "$scratch/all.mp4" -filter_complex \
        "[0:v]$convert[lossless];[1:v]setpts=PTS-0.0005/TB[encoded];[lossless][encoded]ssim=f=$scratch/ssim.log" \
        -fps_mode passthrough -f null - </dev/null
    sed 's/.*Y:\([0-9.]*\).*/\1/' "$scratch/ssim.log" | awk 'BEGIN { m = 1 } { s += $1; n++; if ($1 < m) m = $1 } END { printf "%.4f %.4f", s / n, m }'
}

measure() { # name filters arguments
    local -a arguments=()
    for word in $3; do if [[ $word == @keys ]]; then arguments+=("${keys[@]}"); else arguments+=("$word"); fi; done
    local processor mean minimum
    encode idle "$2" "${arguments[@]}" >/dev/null
    processor=$(encode all "$2" "${arguments[@]}")
    read -r mean minimum <<<"$(likeness)"
    awk -v name="$1" -v mark="$([[ $1 == "$chosen" ]] && echo '*')" -v all="$(stat -c %s "$scratch/all.mp4")" -v idle="$(stat -c %s "$scratch/idle.mp4")" \
        -v processor="$processor" -v mean="$mean" -v minimum="$minimum" \
        'BEGIN { printf "%-16s %1s %9.1f %9.1f %8.1f %9s %9s\n", name, mark, all * 60 / 1e6, idle * 3600 / 58 / 1e6, processor / 0.6, mean, minimum }'
}

run_live() { # scene seconds
    show "$1" $(( $2 + 15 ))
    TIMEFORMAT='%U %S'
    local processor
    processor=$({ time ffmpeg -nostdin -hide_banner -loglevel error -f x11grab -framerate 10 -video_size 1920x1080 -t "$2" -i "$DISPLAY" -filter_complex \
        "[0:v]$convert,$changed,split=2[v][t];[t]select='isnan(prev_selected_t)+gte(t,prev_selected_t+10)',scale=320:-2[thumbnail]" \
        -map '[v]' -c:v libx264 -preset veryfast -profile:v high -crf 19.1 -threads 1 -x264-params "$text" "${keys[@]}" -fps_mode passthrough \
        -enc_time_base 1:1000 "${tags[@]}" "${exact[@]}" "${fragments[@]}" pipe:1 \
        -map '[thumbnail]' -c:v libwebp -quality 60 -fps_mode passthrough -f image2pipe -flush_packets 1 -y "$scratch/thumbnails.webp" \
        >"$scratch/live.mp4" 2>"$scratch/live.log" ; } 2>&1 | awk '{ print $1 + $2 }')
    hide
    awk -v scene="$1" -v seconds="$2" -v size="$(stat -c %s "$scratch/live.mp4")" -v processor="$processor" \
        'BEGIN { printf "live, %s, %d s: %.1f MB/h, %.1f %% of a core (x11grab and thumbnails included)\n", scene, seconds, size * 3600 / seconds / 1e6, processor / seconds * 100 }'
}

capture all 60
capture idle 58
printf '%-16s %1s %9s %9s %8s %9s %9s\n' name '' 'MB/h all' 'MB/h idle' 'core %' 'SSIM-Y' minimum
for candidate in "${candidates[@]}"; do
    IFS='|' read -r name filters arguments <<<"$candidate"
    [[ -z $only || $only == "$name" ]] || continue
    measure "$name" "$filters" "$arguments"
done
if [[ -n $live ]]; then rm -f "$scratch"/*.nut; run_live all 60; run_live idle 300; fi
