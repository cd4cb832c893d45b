#!/usr/bin/env bash
# Prints a folder with the real files of the Leaflet plugins that Folium links, by the names that they
# have at their hosts: the one that GEOPRIO_PLUGINS names, else made of npm's packages, each checked.
set -eu

folder="${GEOPRIO_PLUGINS:-${1:?usage: find-plugins.sh FOLDER}}"
if [ -f "$folder/complete" ]; then echo "$folder"; exit 0; fi
if ! command -v npm >/dev/null; then
  echo "The test of real plugins is skipped: install 'npm', or set GEOPRIO_PLUGINS to a folder of their files." >&2
  exit 0
fi

mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
work="$(mktemp -d)"
trap 'got=$?; rm -rf "$work"; [ "$got" = 0 ] || { echo "The test of real plugins is skipped: their packages could not be got." >&2; exit 0; }' EXIT
cd "$work"
while read -r package path name sum; do
  if [ ! -d "$package" ]; then
    mkdir "$package"
    tar -xzf "$(npm pack --silent "$package")" -C "$package" 2>/dev/null
  fi
  cp "$package/package/$path" "$folder/$name"
  echo "$sum  $folder/$name" | sha256sum --check --quiet >&2
done <<'LIST'
leaflet.fullscreen@3.0.0 Control.FullScreen.js Control.FullScreen.min.js 3c542b5d5844cc00cff2787dff49504a31f3bed9de3161e5b26e0c0437d6bbb7
leaflet.fullscreen@3.0.0 Control.FullScreen.css Control.FullScreen.css 31f9593e6e715114e23076ba11628f68a301025b44b85ffb70fca4bc9475214e
leaflet-minimap@3.6.1 dist/Control.MiniMap.min.js Control.MiniMap.js 1dbfdfd4531a2d5f909fa29261b73dd86c41d9b70aa7bfde7f135e89db84a378
leaflet-minimap@3.6.1 dist/Control.MiniMap.min.css Control.MiniMap.css a7469be69d05ac5b3d4f3e0e66089f02f20ff917745455046cd62355755e87dc
leaflet-draw@1.0.4 dist/leaflet.draw.js leaflet.draw.js b22a1f7385308e5adadd85a4c2d84e9fc523ebd70d37868cba0fe2387362460b
leaflet-draw@1.0.4 dist/leaflet.draw.css leaflet.draw.css 5f30f74696873efee5cd7f6ab7eda7d63e5c5a3e3c3b6e0ab2068662928df31f
leaflet-measure@2.1.7 dist/leaflet-measure.min.js leaflet-measure.min.js 9e54dee607d2e20d4ab1664ee4ede78f51ba6e05c42a3f9cf3f57d7bc69e8d21
leaflet-measure@2.1.7 dist/leaflet-measure.css leaflet-measure.min.css 88b2b4f27f9846f08ede9f80bb85610c3f5ede62acce7d26672e385b2a45795a
leaflet.locatecontrol@0.66.2 dist/L.Control.Locate.min.js L.Control.Locate.min.js fdb9a1185ca91d151c6a97f994d333cfbd9990b0a27935ec61aafb47df1d4098
leaflet.locatecontrol@0.66.2 dist/L.Control.Locate.min.css L.Control.Locate.min.css 47491170c19b7f747ca2a6c8ecbfaaf61250ce346cd19c54a387672c11ed9e94
leaflet.markercluster@1.1.0 dist/leaflet.markercluster.js leaflet.markercluster.js 7e1a592d5bf4b1698700edecc0ac091166d41d3c31373611627b4e7b9faef067
leaflet.markercluster@1.1.0 dist/MarkerCluster.css MarkerCluster.css f9b756b96397305917d2ff42bebdce58294f89879f0d0cfd18664fffbc59c5d7
leaflet.markercluster@1.1.0 dist/MarkerCluster.Default.css MarkerCluster.Default.css 2d687359a406651b1616bac9c60fba667f134fce24d3fb6bb621c173aa9c1a96
leaflet-mouse-position@1.2.0 src/L.Control.MousePosition.js L.Control.MousePosition.min.js a1dc6cea6d70379363bbb228de2578ca399c35f1e3c38754e73e60cb7bcc7426
leaflet-mouse-position@1.2.0 src/L.Control.MousePosition.css L.Control.MousePosition.min.css b8b7fa9263ccb2c33f2a4a834bfd81acb8da50df5d9000b1dbbc818a41f1b82c
LIST
touch "$folder/complete"
echo "$folder"
