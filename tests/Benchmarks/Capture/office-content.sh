#!/usr/bin/env bash
# Office content on the X display of $DISPLAY, the same in every run: what the capture settings are measured on.
#
#   DISPLAY=:N tests/Benchmarks/Capture/office-content.sh scroll|type|move|idle|all [seconds]
#
#   scroll  a log runs through a dark terminal        type  somebody writes in a document
#   move    windows are dragged over one another      idle  nothing moves but the clock (it shows seconds)
#   all     a minute: 15 s scroll, 15 s type, 10 s move, 20 s idle; with more seconds, the minute again
#
# Packages (Debian): xvfb xterm tk fonts-dejavu-core. Ends by itself after the seconds given (default 60).
# Prints "ready" when every window is drawn; the seconds count from there.
set -euo pipefail

scene=${1:-} seconds=${2:-60}
case $scene in scroll|type|move|idle|all) ;; *)
    echo "office-content.sh: scene '$scene' is unknown: scroll, type, move, idle or all" >&2; exit 2 ;;
esac
[[ $seconds =~ ^[1-9][0-9]{0,4}$ ]] || { echo "office-content.sh: '$seconds' is not a number of seconds from 1 to 99999" >&2; exit 2; }
[[ -n ${DISPLAY:-} ]] || { echo "office-content.sh: DISPLAY is not set" >&2; exit 2; }
for tool in wish xterm; do
    command -v "$tool" >/dev/null || { echo "office-content.sh: $tool is missing: apt-get install tk xterm fonts-dejavu-core" >&2; exit 3; }
done

exec wish "$(dirname "$(readlink -f "$0")")/office-desktop.tcl" "$scene" "$seconds"
