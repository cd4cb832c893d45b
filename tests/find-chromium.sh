#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests: GEOPRIO_CHROMIUM, else one on the PATH, else the
# distribution's package, installed when this user may. Says in one line what to install otherwise.
set -u

find_it() {
  for name in "${GEOPRIO_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

find_it && exit 0
if command -v apt-get >/dev/null; then
  as_root=""
  [ "$(id -u)" -ne 0 ] && as_root="sudo -n"
  { DEBIAN_FRONTEND=noninteractive $as_root apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >&2
  find_it && exit 0
fi
echo "The browser tests need Chromium: install the package 'chromium', or set GEOPRIO_CHROMIUM to a Chrome or Chromium." >&2
exit 1
