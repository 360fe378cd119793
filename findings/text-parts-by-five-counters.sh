#!/bin/sh
# How many parts a text has: five counters, and no two agree on six texts.
#
# Expected: 3GPP 23.038 and 23.040 leave no choice: 160 septets alone or 153 per
#   part, ten characters as two septets that stay together; 70 or 67 units of UCS2,
#   where what is one character does not go into two parts.
# Happens: sms-counter counts { } [ ] ~ and the euro sign once, not twice.
#   sms-length, sms-counter and gsm let a part end inside of an emoji, the first
#   two inside of the two septets of a euro sign as well; Twilio's calculator
#   keeps together what is seen as one sign (a family of 11 units), split-sms the
#   two units only.
# Matters: an estimate of costs is one part low per message in one library and one
#   high in another, on texts at the limit, where texts are written to be.
# Seen: sms-segments-calculator 1.3.0, split-sms 0.1.7, gsm 0.1.4, sms-length
#   0.2.2, sms-counter 1.0.0, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund \
	sms-segments-calculator@1.3.0 split-sms@0.1.7 gsm@0.1.4 sms-length@0.2.2 \
	sms-counter@1.0.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
                                     calculator split-sms gsm sms-length sms-counter
100 times [                          2          2         2   2          1
155 letters and 5 euro signs         2          2         2   2          1
152 letters, euro sign, 152 letters  3          3         3   2          2
66 Cyrillic, emoji, 66 Cyrillic      3          3         2   2          2
67 emoji                             3          3         2   2          2
60 Cyrillic, a family, 60 Cyrillic   3          2         2   2          2
EOF
cat > ask.js <<'EOF'
const { SegmentedMessage } = require('sms-segments-calculator');
const { split } = require('split-sms');
const gsm = require('gsm');
const { count } = require('sms-length');
const counter = require('sms-counter').default;
const family = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
console.log(''.padEnd(36), 'calculator split-sms gsm sms-length sms-counter');
for (const [name, text] of [
	['100 times [', '['.repeat(100)],
	['155 letters and 5 euro signs', 'a'.repeat(155) + '€'.repeat(5)],
	['152 letters, euro sign, 152 letters', 'a'.repeat(152) + '€' + 'a'.repeat(152)],
	['66 Cyrillic, emoji, 66 Cyrillic', 'я'.repeat(66) + '\u{1F600}' + 'я'.repeat(66)],
	['67 emoji', '\u{1F600}'.repeat(67)],
	['60 Cyrillic, a family, 60 Cyrillic', 'я'.repeat(60) + family + 'я'.repeat(60)]])
	console.log(name.padEnd(36), String(new SegmentedMessage(text).segmentsCount).padEnd(10), String(split(text).parts.length).padEnd(9),
		String(gsm(text).sms_count).padEnd(3), String(count(text).messages).padEnd(10), counter.count(text).messages);
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
