#!/usr/bin/env bash
# Prints the path of a program that some tests need: the one that its variable names, else one on the
# PATH, else the distribution's package, installed when this user may. Says otherwise what to install.
set -u

case "${1:-}" in
  chromium)
    names=("${GEOPRIO_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable)
    packages=(chromium fonts-dejavu-core)
    otherwise="The browser tests need Chromium: install the package 'chromium', or set GEOPRIO_CHROMIUM to a Chrome or Chromium."
    ;;
  firefox)
    names=("${GEOPRIO_FIREFOX:-}" firefox-esr firefox)
    packages=(firefox-esr)
    otherwise="The tests in Firefox are skipped: install the package 'firefox-esr', or set GEOPRIO_FIREFOX to a Firefox."
    ;;
  mapserv)
    names=("${GEOPRIO_MAPSERV:-}" mapserv /usr/lib/cgi-bin/mapserv)
    packages=(cgi-mapserver)
    otherwise="The tests against a real WFS are skipped: install the package 'cgi-mapserver', or set GEOPRIO_MAPSERV to MapServer's mapserv."
    ;;
  soffice)
    names=("${GEOPRIO_SOFFICE:-}" soffice libreoffice)
    packages=(libreoffice-calc-nogui)
    otherwise="The tests that open files in LibreOffice are skipped: install the package 'libreoffice-calc-nogui', or set GEOPRIO_SOFFICE to LibreOffice's soffice."
    ;;
  ogrinfo)
    names=("${GEOPRIO_OGRINFO:-}" ogrinfo)
    packages=(gdal-bin)
    otherwise="The tests that read files with GDAL's own tools are skipped: install the package 'gdal-bin', or set GEOPRIO_OGRINFO to ogrinfo."
    ;;
  *)
    echo "usage: find-program.sh chromium|firefox|mapserv|soffice|ogrinfo" >&2
    exit 2
    ;;
esac

find_it() {
  for name in "${names[@]}"; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

as_root=""
[ "$(id -u)" -ne 0 ] && as_root="sudo -n"
install_it() {
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${packages[@]}"
}

find_it && exit 0
if command -v apt-get >/dev/null; then
  # The lists are there, and fresh, when another program was installed just before.
  { install_it || { $as_root apt-get update -qq && install_it; }; } >&2
  find_it && exit 0
fi
echo "$otherwise" >&2
exit 1
