#!/bin/sh
# A CloudEvent passed on has another time than the one that came in.
#
# Expected: an intermediary forwards the attributes of an event as they are; time
#   is a timestamp of RFC 3339 with any number of digits, and source plus id plus
#   the same attributes make the same event.
# Happens: the SDK's event still shows the time as given; when it is written
#   again, digits behind the millisecond are gone and the offset is turned to Z.
#   An event without a time gets one, the time of reading, at every hop anew.
# Matters: deduplication by content and signatures over it fail after one hop;
#   "time" of a provider that sends none (it is optional) is when your own queue
#   last touched it, which looks like a delivery time.
# Seen: cloudevents 10.0.0, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund cloudevents@10.0.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
in:  2026-01-01T10:00:00.123456+02:00
out: 2026-01-01T08:00:00.123Z
no time in: one is made of the clock: true
EOF
cat > ask.js <<'EOF'
const { HTTP } = require('cloudevents');
const hop = (event) => HTTP.structured(HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(event) })).body;
const base = { specversion: '1.0', id: '1', source: '/sms', type: 'sms.delivered' };
const time = '2026-01-01T10:00:00.123456+02:00';
console.log('in: ', time);
console.log('out:', JSON.parse(hop({ ...base, time })).time);
const made = JSON.parse(hop(base)).time;
console.log('no time in: one is made of the clock:', Math.abs(Date.parse(made) - Date.now()) < 60000);
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
