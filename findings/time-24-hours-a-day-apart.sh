#!/bin/sh
# date-fns and date-fns-tz read the same T24:00:00Z a whole day apart.
#
# Expected: ISO 8601:1988 to 2004 have 24:00 as the end of a day; ECMAScript's
#   Date format allows T24:00:00 as the midnight that ends the date.  date-fns-tz's
#   toDate() is for ISO 8601 with time zones, beside date-fns' parseISO().
# Happens: date-fns, luxon and Date give the midnight at the end of the day;
#   date-fns-tz gives the midnight at its start, 24 hours earlier, without an
#   error; Temporal refuses.
# Matters: exports and validity periods that end "at 24:00" lose their last day
#   where the zone-aware of the two libraries reads them.
# Seen: date-fns 4.4.0, date-fns-tz 3.2.0, luxon 3.7.2, @js-temporal/polyfill
#   0.5.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
npm install --ignore-scripts --no-audit --no-fund date-fns@4.4.0 \
	date-fns-tz@3.2.0 luxon@3.7.2 @js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
Date        2026-02-01T00:00:00.000Z
luxon       2026-02-01T00:00:00.000Z
date-fns    2026-02-01T00:00:00.000Z
date-fns-tz 2026-01-31T00:00:00.000Z
Temporal    RangeError
EOF
cat > ask.js <<'EOF'
const text = '2026-01-31T24:00:00Z';
console.log('Date       ', new Date(text).toISOString());
console.log('luxon      ', require('luxon').DateTime.fromISO(text).toUTC().toISO());
console.log('date-fns   ', require('date-fns').parseISO(text).toISOString());
console.log('date-fns-tz', require('date-fns-tz').toDate(text).toISOString());
try {
	console.log('Temporal   ', String(require('@js-temporal/polyfill').Temporal.Instant.from(text)));
} catch (error) {
	console.log('Temporal   ', error.name);
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
