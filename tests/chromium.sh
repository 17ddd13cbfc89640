#!/usr/bin/env bash
# Sees to it that there is a Chromium for the tests of the pages: found, or installed with apt when root. Prints its path; says what to do and ends with 1 where none can be had.
set -uo pipefail

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && command -v "$name"; then
      return 0
    fi
  done
  return 1
}

find_chromium && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get install -y --no-install-recommends chromium fonts-dejavu-core ||
      { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; }
  } >&2
  find_chromium && exit 0
fi

echo "No Chromium was found, and it could not be installed: install it (Debian: apt-get install chromium), or set CHROMIUM to its path." >&2
exit 1
