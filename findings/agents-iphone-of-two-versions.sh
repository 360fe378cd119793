#!/bin/sh
# An iPhone with iOS 26 is one with 18.6, by the parser.
#
# Expected: the version of the system is what stands behind "iPhone OS" in the
#   agent, in all parsers, as it was before.
# Happens: Safari 26 keeps 18_6 there for good and tells its own version behind
#   Version/.  ua-parser-js and bowser take the latter for the system's version,
#   device-detector-js says 18.6.  The same agent in an app's web view, which has
#   no Version/, is 18.6 for all.
# Matters: reports of devices by system split one release of iPhones in two, by
#   the app in which the link was opened, and differ between two tools on the same
#   clicks.
# Seen: ua-parser-js 2.0.10, device-detector-js 3.0.3, bowser 2.15.1, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund ua-parser-js@2.0.10 \
	device-detector-js@3.0.3 bowser@2.15.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
Safari   ua-parser-js 26.0 bowser 26.0 device-detector-js 18.6
web view ua-parser-js 18.6 bowser 18.6 device-detector-js 18.6
EOF
cat > ask.js <<'EOF'
const { UAParser } = require('ua-parser-js');
const DeviceDetector = require('device-detector-js');
const bowser = require('bowser');
const base = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ';
for (const [where, agent] of [['Safari', base + 'Version/26.0 Mobile/15E148 Safari/604.1'], ['web view', base + 'Mobile/15E148']])
	console.log(where.padEnd(8), 'ua-parser-js', new UAParser(agent).getOS().version, 'bowser', bowser.parse(agent).os.version,
		'device-detector-js', new DeviceDetector().parse(agent).os.version);
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
