#!/usr/bin/env bash
# Installs what the machine lacks where this user may, else names it in one line. Skips what is done.
set -euo pipefail
cd "$(dirname "$0")/.."

need=()
has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }
has_library 'libpango-1.0.so.0' || need+=(libpango-1.0-0)
has_library 'libpangoft2-1.0.so.0' || need+=(libpangoft2-1.0-0)
has_library 'libharfbuzz-subset.so.0' || need+=(libharfbuzz-subset0)
if [ "${1:-}" = "tests" ]; then
  command -v chromium >/dev/null 2>&1 || need+=(chromium)
  PATH="$PATH:/usr/sbin" command -v nginx >/dev/null 2>&1 || need+=(nginx-light)
  fc-list :lang=zh 2>/dev/null | grep -q . || need+=(fonts-noto-cjk)
fi
[ "${#need[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "setup: installing ${need[*]}"
  apt-get update -qq >/dev/null 2>&1 || true
  if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null; then
    exit 0
  fi
fi
if [ "${1:-}" = "tests" ]; then
  echo "setup: missing, install as administrator: apt-get install ${need[*]}" >&2
  exit 1
fi
echo "setup: without these no PDF can be made (everything else works): apt-get install ${need[*]}" >&2
