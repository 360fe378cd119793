#!/bin/sh
# The hour that comes twice: the database and the program read it an hour apart.
#
# Expected: one reader always takes the earlier or always the later of two
#   moments: Temporal's "compatible" the earlier one, as RFC 5545 (3.3.5) says for
#   calendars; PostgreSQL's manual (B.2) the standard time, the later one.
# Happens: PostgreSQL and Temporal are an hour (or half an hour) apart on each of
#   these nights.  date-fns-tz goes with PostgreSQL in Berlin and on Lord Howe
#   Island, and with Temporal in New York, so the same night's rule is tested in
#   one zone and other in the next.
# Matters: "quiet until 01:30" or a send planned for 02:15 is an hour off between
#   the program that plans and the database that checks.
# Seen: PostgreSQL 15.20, moment-timezone 0.6.6, date-fns-tz 3.2.0,
#   @js-temporal/polyfill 0.5.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund moment-timezone@0.6.6 \
	date-fns-tz@3.2.0 @js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
2024-10-27T02:30 Europe/Berlin
  PostgreSQL       later
  Temporal         earlier
  moment-timezone  earlier
  date-fns-tz      later
2024-11-03T01:30 America/New_York
  PostgreSQL       later
  Temporal         earlier
  moment-timezone  earlier
  date-fns-tz      earlier
2024-04-07T01:45 Australia/Lord_Howe
  PostgreSQL       later
  Temporal         earlier
  moment-timezone  earlier
  date-fns-tz      later
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const moment = require('moment-timezone');
const { fromZonedTime } = require('date-fns-tz');
const { Temporal } = require('@js-temporal/polyfill');
for (const [wall, zone, change] of [
	['2024-10-27T02:30', 'Europe/Berlin', '2024-10-27T01:00Z'],
	['2024-11-03T01:30', 'America/New_York', '2024-11-03T06:00Z'],
	['2024-04-07T01:45', 'Australia/Lord_Howe', '2024-04-06T15:00Z']]) {
	const which = (date) => date < new Date(change) ? 'earlier' : 'later';
	console.log(wall, zone);
	console.log('  PostgreSQL      ', which(new Date(1000 * execFileSync('psql', ['-XAtc',
		`SELECT extract(epoch FROM timestamp '${wall}' AT TIME ZONE '${zone}')`]))));
	console.log('  Temporal        ', which(new Date(Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds)));
	console.log('  moment-timezone ', which(moment.tz(wall, zone).toDate()));
	console.log('  date-fns-tz     ', which(fromZonedTime(wall, zone)));
}
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
