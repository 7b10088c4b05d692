#!/usr/bin/env bash
# What the demonstration records: a ticket that is typed, a log that scrolls, a small window that moves. Needs DISPLAY and xterm.
#   screen.sh            starts the windows and stays until it is ended
#   screen.sh ticket | log | mover   what runs inside each window
set -euo pipefail

ticket() {
  printf '\e[?25h\e[1m SUPPORT TICKET 4711 \e[0m\n\n'
  local text="The printer in room 2.14 prints every page twice since Monday.
Driver 7.3 was rolled back to 7.1, the queue was cleared, and the
spooler restarted. Test page printed once: ok.

Next: ask the customer to print the quarterly report, then close
the ticket. Remember: no passwords on the screen while recording.

"
  while true; do
    local i
    for ((i = 0; i < ${#text}; i++)); do printf '%s' "${text:i:1}"; sleep 0.06; done
    sleep 1; printf '\e[3;1H\e[J'
  done
}

log() {
  local n=0
  while true; do
    n=$((n + 1))
    printf '%(%H:%M:%S)T spooler[%d]: job %05d page %d of 12 sent, queue length %d\n' -1 $$ $((48000 + n / 12)) $((n % 12 + 1)) $((n * 7 % 5))
    sleep 0.4
  done
}

mover() {
  local x=40 y=430 dx=9 dy=4
  while true; do
    printf '\e[5t\e[3;%d;%dt\e[H\e[2K %(%H:%M:%S)T\n\e[2K frame %d' "$x" "$y" -1 $((${frame:=0}))
    frame=$((frame + 1)); x=$((x + dx)); y=$((y + dy))
    if [ "$x" -gt 980 ] || [ "$x" -lt 20 ]; then dx=$((-dx)); fi
    if [ "$y" -gt 660 ] || [ "$y" -lt 400 ]; then dy=$((-dy)); fi
    sleep 0.1
  done
}

windows() {
  local me; me=$(readlink -f "$0")
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
  xterm -T ticket -fa 'DejaVu Sans Mono' -fs 13 -geometry 76x13+30+24 -bg '#fdfdf8' -fg '#1d2430' -e "$me" ticket &
  xterm -T log -fa 'DejaVu Sans Mono' -fs 9 -geometry 92x24+500+360 -bg '#12181f' -fg '#9fd7a5' -e "$me" log &
  xterm -T mover -xrm '*allowWindowOps: true' -xrm '*disallowedWindowOps: 20,21' -fa 'DejaVu Sans Mono' -fs 16 -geometry 14x2+40+430 -bg '#0b5fa5' -fg white -e "$me" mover &
  wait
}

case ${1:-windows} in
  windows | ticket | log | mover) "${1:-windows}" ;;
  *) echo "usage: $0 [ticket|log|mover]" >&2; exit 2 ;;
esac
