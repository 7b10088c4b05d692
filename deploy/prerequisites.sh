# Sourced by deploy/quickstart.sh and tests/run.sh: finds what is missing and installs it with apt, or says exactly what is.
#   need COMMAND PACKAGE...   notes the packages where the command is not there
#   install_needed            installs what was noted; returns 1, with the command to run, where it may not
#   need_dotnet               returns 1 where the .NET SDK is not there

needed=()

need() {
  local command=$1; shift
  command -v "$command" >/dev/null 2>&1 || needed+=("$@")
}

install_needed() {
  [ ${#needed[@]} -gt 0 ] || return 0
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo=(sudo -n); else
      printf 'Missing: %s\nInstall them with:\n  sudo apt-get install -y --no-install-recommends %s\n' "${needed[*]}" "${needed[*]}" >&2
      return 1
    fi
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    printf 'Missing: %s\nThis is not a Debian machine: install them with your own package manager.\n' "${needed[*]}" >&2
    return 1
  fi
  printf 'Installing %s ...\n' "${needed[*]}"
  local log; log=$(mktemp)
  # An index that is a few hours old installs as well, and one that is missing is fetched.
  if ! DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y --no-install-recommends "${needed[@]}" >"$log" 2>&1; then
    { "${sudo[@]}" apt-get update && DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y --no-install-recommends "${needed[@]}"; } >"$log" 2>&1 || {
      tail -10 "$log" >&2; printf 'Could not install: %s\n' "${needed[*]}" >&2; rm -f "$log"; return 1; }
  fi
  rm -f "$log"; needed=()
}

need_dotnet() {
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' && return 0
  printf 'Missing: the .NET 10 SDK (dotnet --list-sdks shows none). Install it as Microsoft describes for your system, then run this again.\n' >&2
  return 1
}
