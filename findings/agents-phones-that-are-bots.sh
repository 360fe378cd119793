#!/bin/sh
# Two Android devices on sale are robots for one list, and people for the next.
#
# Expected: a browser on a telephone or tablet, with the agent that its maker ships, is not
#   a robot for any of the lists; all know the maker CUBOT, the well-known trap.
# Happens: isbot takes the Logicom "M bot 60" and the Oscal "Spider 8" for robots,
#   by the words in their model names; device-detector-js knows the M bot as a
#   Logicom and calls the Spider a generic bot; ua-parser-js and
#   crawler-user-agents see people.
# Matters: in SMS every click comes from a telephone, so a model's owners vanish
#   from human clicks as a group, in the countries where it is sold.
# Seen: isbot 5.2.3, device-detector-js 3.0.3, ua-parser-js 2.0.10,
#   crawler-user-agents 1.60.0, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund isbot@5.2.3 \
	device-detector-js@3.0.3 ua-parser-js@2.0.10 crawler-user-agents@1.60.0 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
CUBOT X50 isbot false | device-detector-js CUBOT | ua-parser-js false | crawler-user-agents false
M bot 60  isbot true | device-detector-js Logicom | ua-parser-js false | crawler-user-agents false
Spider 8  isbot true | device-detector-js Generic Bot | ua-parser-js false | crawler-user-agents false
EOF
cat > ask.js <<'EOF'
const { isbot } = require('isbot');
const DeviceDetector = require('device-detector-js');
const { isBot } = require('ua-parser-js/bot-detection');
const crawlers = require('crawler-user-agents');
for (const model of ['CUBOT X50', 'M bot 60', 'Spider 8']) {
	const agent = `Mozilla/5.0 (Linux; Android 12; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36`;
	const seen = new DeviceDetector().parse(agent);
	console.log(model.padEnd(9), 'isbot', isbot(agent), '| device-detector-js', seen.bot ? seen.bot.name : seen.device.brand,
		'| ua-parser-js', isBot(agent), '| crawler-user-agents', crawlers.some(({ pattern }) => new RegExp(pattern).test(agent)));
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
