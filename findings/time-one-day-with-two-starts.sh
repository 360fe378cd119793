#!/bin/sh
# The start of one and the same day depends on the hour from which one asks.
#
# Expected: startOf('day') of two moments of the same date in the same zone is the
#   same moment; luxon says that it sets the time to the beginning of the unit.
# Happens: on the Azores the 27th of October 2024 has two midnights.  luxon and
#   moment-timezone give the first one for moments before the clocks go back and
#   the second one for those after.  Temporal's startOfDay() is the first always.
# Matters: "today's messages" asked for at noon leave out the first hour, asked
#   for at half past midnight they have it; a count per day kept by its start has
#   two rows for the day.
# Seen: luxon 3.7.2, moment-timezone 0.6.6, @js-temporal/polyfill 0.5.1, node
#   20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
npm install --ignore-scripts --no-audit --no-fund luxon@3.7.2 \
	moment-timezone@0.6.6 @js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
2024-10-27T00:30:00Z is of 2024-10-27
  luxon    2024-10-27T00:00:00.000Z
  moment   2024-10-27T00:00:00.000Z
  Temporal 2024-10-27T00:00:00Z
2024-10-27T12:00:00Z is of 2024-10-27
  luxon    2024-10-27T01:00:00.000Z
  moment   2024-10-27T01:00:00.000Z
  Temporal 2024-10-27T00:00:00Z
EOF
cat > ask.js <<'EOF'
const { DateTime } = require('luxon');
const moment = require('moment-timezone');
const { Temporal } = require('@js-temporal/polyfill');
const zone = 'Atlantic/Azores';
for (const text of ['2024-10-27T00:30:00Z', '2024-10-27T12:00:00Z']) {
	const here = DateTime.fromISO(text, { zone });
	console.log(text, 'is of', here.toISODate());
	console.log('  luxon   ', here.startOf('day').toUTC().toISO());
	console.log('  moment  ', moment.tz(text, zone).startOf('day').toISOString());
	console.log('  Temporal', String(Temporal.Instant.from(text).toZonedDateTimeISO(zone).startOfDay().toInstant()));
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
