#!/bin/sh
# The best-selling Android telephone is the model K.
#
# Expected: where the agent names no model, a parser says that there is none.
#   Chrome since 110 sends "Android 10; K" from all telephones and tablets, as its
#   user agent reduction says, so K and 10 carry nothing.
# Happens: ua-parser-js gives the model K and the system version 10, for a current
#   telephone as for a tablet; device-detector-js has no model, and still the
#   version 10; both call a tablet of that agent by the word Mobile alone.
# Matters: device reports of clicks in SMS show the model K first and Android 10
#   for years to come; targets by version ("Android 12 or newer") lose nearly all.
# Seen: ua-parser-js 2.0.10, device-detector-js 3.0.3, bowser 2.15.1, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund ua-parser-js@2.0.10 \
	device-detector-js@3.0.3 bowser@2.15.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
telephone ua-parser-js: K mobile 10 | device-detector-js: "" smartphone 10.0 | bowser: {"type":"mobile"} 10
tablet    ua-parser-js: K tablet 10 | device-detector-js: "" tablet 10.0 | bowser: {"type":"tablet"} 10
EOF
cat > ask.js <<'EOF'
const { UAParser } = require('ua-parser-js');
const DeviceDetector = require('device-detector-js');
const bowser = require('bowser');
for (const [device, mobile] of [['telephone', 'Mobile '], ['tablet', '']]) {
	const agent = `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 ${mobile}Safari/537.36`;
	const { device: ua, os } = new UAParser(agent).getResult();
	const other = new DeviceDetector().parse(agent);
	console.log(device.padEnd(9), 'ua-parser-js:', ua.model, ua.type, os.version, '| device-detector-js:',
		JSON.stringify(other.device && other.device.model), other.device && other.device.type, other.os.version,
		'| bowser:', JSON.stringify(bowser.parse(agent).platform), bowser.parse(agent).os.version);
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
