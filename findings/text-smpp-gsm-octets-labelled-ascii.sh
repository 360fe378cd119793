#!/bin/sh
# By SMPP the euro sign leaves as ESC e of ASCII, and a cedilla as Latin-1.
#
# Expected: SMPP 3.4 (5.2.19) has data_coding 0 for the centre's default alphabet,
#   commonly GSM, and 1 for IA5, which is ASCII; a text with ç, which the GSM
#   alphabet lacks, is UCS2 with 70 units, as counters say and providers bill.
# Happens: the library smpp writes the octets of GSM 03.38 and the label 1, where @
#   is NUL and the euro sign is ESC e by that label; decoded by the library itself
#   the text is right, so a test shows nothing.  For ç or the grave accent it takes
#   Latin-1, label 3, and 140 characters in one message.
# Matters: it works as long as a centre ignores the label; and the same text is one
#   message by the PDU and three by the estimate.
# Seen: smpp 0.5.1, sms-segments-calculator 1.3.0, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund smpp@0.5.1 \
	sms-segments-calculator@1.3.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
@   data_coding 1 octets 1 00   read back equal true | counter: GSM-7 1
€   data_coding 1 octets 2 1b65 read back equal true | counter: GSM-7 1
é   data_coding 1 octets 1 05   read back equal true | counter: GSM-7 1
ç   data_coding 3 octets 1 e7   read back equal true | counter: UCS-2 1
`   data_coding 3 octets 1 60   read back equal true | counter: UCS-2 1
я   data_coding 8 octets 2 044f read back equal true | counter: UCS-2 1
çaa data_coding 3 octets 140 e761 read back equal true | counter: UCS-2 3
EOF
cat > ask.js <<'EOF'
const { PDU } = require('smpp');
const { SegmentedMessage } = require('sms-segments-calculator');
for (const text of ['@', '€', 'é', 'ç', '`', 'я', 'ç' + 'a'.repeat(139)]) {
	const octets = new PDU('submit_sm', { destination_addr: '12025550101', short_message: text }).toBuffer();
	const back = new PDU(octets);
	const counted = new SegmentedMessage(text);
	const empty = new PDU('submit_sm', { destination_addr: '12025550101', short_message: '' }).toBuffer();
	const message = octets.subarray(empty.length);
	console.log(text.slice(0, 3).padEnd(3), 'data_coding', back.data_coding, 'octets', message.length,
		message.toString('hex').slice(0, 4).padEnd(4), 'read back equal', back.short_message.message === text,
		'| counter:', counted.encodingName, counted.segmentsCount);
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
