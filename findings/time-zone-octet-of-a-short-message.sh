#!/bin/sh
# Two decoders of short messages, each wrong in the zones where the other is right.
#
# Expected: 3GPP 23.040 (9.2.3.11) has the zone of a message's time as quarters of
#   an hour, two swapped digits with the sign in bit 3.
# Happens: pdu reads zones from five hours west on (all of the United States and
#   western Canada) as zones of the east: 12:34:56 at -05:00 is 10:04:56Z, where
#   17:34:56Z is right.  node-pdu reads these, but writes half hours as a decimal
#   fraction, +5.5:00 for India and -3.5:00 for Newfoundland, which no reader of
#   ISO 8601 takes.
# Matters: messages received by a modem are seven and a half hours early in New
#   York, and have no time in India; tests in Europe show neither.
# Seen: pdu 1.1.0, node-pdu 2.1.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund pdu@1.1.0 node-pdu@2.1.1 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
+01:00 right 11:34:56 | pdu 11:34:56 | node-pdu T12:34:56+01:00 "2026-11-30T11:34:56.000Z"
+05:30 right 07:04:56 | pdu 07:04:56 | node-pdu T12:34:56+5.5:00 null
-03:30 right 16:04:56 | pdu 16:04:56 | node-pdu T12:34:56-3.5:00 null
-05:00 right 17:34:56 | pdu 10:04:56 | node-pdu T12:34:56-05:00 "2026-11-30T17:34:56.000Z"
-08:00 right 20:34:56 | pdu 09:49:56 | node-pdu T12:34:56-08:00 "2026-11-30T20:34:56.000Z"
EOF
cat > ask.js <<'EOF'
const pdu = require('pdu');
const nodePdu = require('node-pdu');
// a DELIVER from +1 202 555 0101 of 2026-11-30 12:34:56: "Hi"
for (const [zone, octet] of [['+01:00', '40'], ['+05:30', '22'], ['-03:30', '49'], ['-05:00', '0A'], ['-08:00', '2B']]) {
	const message = '00040B912120555510F10000621103214365' + octet + '02C834';
	const right = new Date('2026-11-30T12:34:56' + zone).toISOString().slice(11, 19);
	const read = nodePdu.parse(message).serviceCenterTimeStamp.getIsoString();
	console.log(zone, 'right', right, '| pdu', new Date(pdu.parse(message).time).toISOString().slice(11, 19),
		'| node-pdu', read.slice(10), JSON.stringify(new Date(read)));
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
