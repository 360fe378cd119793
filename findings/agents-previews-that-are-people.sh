#!/bin/sh
# Who fetched the preview of a link in a chat: five lists, four answers.
#
# Expected: the programs of messengers that fetch a link for its preview, before
#   anybody has read the message, are machines for every list of machines.
# Happens: WhatsApp's and Microsoft's fetchers are client programs, not bots, for
#   device-detector-js, Snapchat's is nothing; ua-parser-js' own detection misses
#   Viber's, Snapchat's and Slack's images; bowser has none for most.  isbot and
#   crawler-user-agents take all of these for machines.
# Matters: a link in an SMS is forwarded into messengers, and the preview is the
#   first "click"; the share of human clicks depends on the list that was chosen.
# Seen: isbot 5.2.3, device-detector-js 3.0.3, ua-parser-js 2.0.10,
#   crawler-user-agents 1.60.0, bowser 2.15.1, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund isbot@5.2.3 \
	device-detector-js@3.0.3 ua-parser-js@2.0.10 crawler-user-agents@1.60.0 \
	bowser@2.15.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
                                                         isbot crawler-u-a ua-parser-js device-detector-js bowser
WhatsApp/2.23.20.0 A                                     true  true        true         false              false
Viber                                                    true  true        false        false              false
MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview   true  true        true         false              false
Mozilla/5.0 (compatible; SnapURLPreview/1.0; +https://w  true  true        false        false              false
Slack-ImgProxy (+https://api.slack.com/robots)           true  true        false        true               true
SkypeUriPreview Preview/0.5                              true  true        true         true               false
EOF
cat > ask.js <<'EOF'
const { isbot } = require('isbot');
const DeviceDetector = require('device-detector-js');
const { isBot } = require('ua-parser-js/bot-detection');
const crawlers = require('crawler-user-agents');
const bowser = require('bowser');
console.log(''.padEnd(56), 'isbot crawler-u-a ua-parser-js device-detector-js bowser');
for (const agent of ['WhatsApp/2.23.20.0 A', 'Viber', 'MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview',
	'Mozilla/5.0 (compatible; SnapURLPreview/1.0; +https://www.snapchat.com)', 'Slack-ImgProxy (+https://api.slack.com/robots)',
	'SkypeUriPreview Preview/0.5'])
	console.log(agent.slice(0, 55).padEnd(56), String(isbot(agent)).padEnd(5),
		String(crawlers.some(({ pattern }) => new RegExp(pattern).test(agent))).padEnd(11),
		String(isBot(agent)).padEnd(12), String(Boolean(new DeviceDetector().parse(agent).bot)).padEnd(18),
		bowser.parse(agent).platform.type === 'bot');
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
