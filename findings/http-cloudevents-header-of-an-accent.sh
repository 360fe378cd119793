#!/bin/sh
# The CloudEvents SDK does not percent-encode headers, nor decode them.
#
# Expected: the HTTP binding of CloudEvents 1.0.2 (3.1.3.2) says that in binary
#   mode each value of a ce- header is percent-encoded outside of printable ASCII,
#   and decoded by the receiver.
# Happens: the SDK puts the text in as it is, which node's HTTP client refuses
#   beyond Latin-1; a header that came encoded, as the specification wants, is
#   handed on encoded.
# Matters: campaign names and subjects in other scripts cannot be sent in binary
#   mode, and those of senders that follow the specification are stored as
#   %D0%BF...; structured mode of the same event is right.
# Seen: cloudevents 10.0.0, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund cloudevents@10.0.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
sent by the SDK:        привет
node on that header:    ERR_INVALID_CHAR
received as specified:  %D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82
EOF
cat > ask.js <<'EOF'
const { CloudEvent, HTTP } = require('cloudevents');
const { validateHeaderValue } = require('http');
const event = new CloudEvent({ id: '1', source: '/sms', type: 'sms.delivered', subject: 'привет' });
const { headers } = HTTP.binary(event);
console.log('sent by the SDK:       ', headers['ce-subject']);
try {
	validateHeaderValue('ce-subject', headers['ce-subject']);
} catch (error) {
	console.log('node on that header:   ', error.code);
}
const received = HTTP.toEvent({ headers: { 'ce-id': '1', 'ce-source': '/sms', 'ce-type': 'sms.delivered',
	'ce-specversion': '1.0', 'ce-subject': encodeURIComponent('привет') } });
console.log('received as specified: ', received.subject);
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
