#!/bin/sh
# The text that is UCS2 for every counter goes out as Latin-1 by SMPP.
#
# Expected: a text with a letter outside of the GSM alphabet, as ç, has 70 units
#   per message, which counters say and providers bill.  The Ç of the alphabet is
#   the capital letter only.
# Happens: the library smpp looks at Latin-1 between GSM and UCS2: ç, or the grave
#   accent, sets data_coding 3 and one octet for each character, 140 of them in a
#   message.  é and Ç stay with GSM, я is UCS2.
# Matters: the same text has one message by the PDU and three by the estimate; and
#   whether a centre and a handset know data_coding 3 is not said anywhere in the
#   text, so "it worked with é" proves nothing for ç.
# Seen: smpp 0.5.1, sms-segments-calculator 1.3.0, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund smpp@0.5.1 \
	sms-segments-calculator@1.3.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
}

Node.js v20.20.2
Ç smpp: data_coding 1 octets undefined | counter: GSM-7 parts 1
é smpp: data_coding 1 octets undefined | counter: GSM-7 parts 1
ç smpp: data_coding 3 octets undefined | counter: UCS-2 parts 3
` smpp: data_coding 3 octets undefined | counter: UCS-2 parts 3
EOF
cat > ask.js <<'EOF'
const { PDU } = require('smpp');
const { SegmentedMessage } = require('sms-segments-calculator');
for (const letter of ['Ç', 'é', 'ç', '`', 'я']) {
	const text = letter + 'a'.repeat(69 * 2 + 1);
	const sent = new PDU(new PDU('submit_sm', { destination_addr: '12025550101', short_message: text }).toBuffer());
	const counted = new SegmentedMessage(text);
	console.log(letter, 'smpp: data_coding', sent.data_coding, 'octets', sent.sm_length,
		'| counter:', counted.encodingName, 'parts', counted.segmentsCount);
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
