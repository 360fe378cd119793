#!/bin/sh
# The time zone "+03:00" is west of Greenwich for one side and east for the other.
#
# Expected: +03:00 is three hours east, by ISO 8601, RFC 3339 and, as the name of
#   a zone, ECMAScript 2024; in a PostgreSQL timestamp '10:00+03:00' it is that.
# Happens: in AT TIME ZONE and SET TIME ZONE PostgreSQL takes a text '+03:00' for
#   a POSIX zone, whose sign is the other way round, and is six hours off from
#   date-fns-tz.  'UTC+3' is +3 for luxon, -3 for PostgreSQL, invalid for
#   date-fns-tz and, with a line on standard error, UTC for moment-timezone.  Only
#   Etc/GMT+3, the name that looks wrong, is the same everywhere.
# Matters: a recipient's zone is often stored as an offset; quiet hours checked in
#   the database and planned in the application are then six hours apart, and
#   nothing fails.
# Seen: PostgreSQL 15.20, luxon 3.7.2, date-fns-tz 3.2.0, moment-timezone 0.6.6,
#   node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund luxon@3.7.2 \
	date-fns-tz@3.2.0 moment-timezone@0.6.6 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
hours east of UTC  PostgreSQL date-fns-tz luxon moment-timezone
+03:00             -3         3           none  0
UTC+3              -3         none        3     0
Etc/GMT+3          -3         -3          -3    -3
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { DateTime } = require('luxon');
const moment = require('moment-timezone');
const { fromZonedTime } = require('date-fns-tz');
const hours = (date) => Number.isNaN(+date) ? 'none' : String((Date.UTC(2026, 0, 1, 12) - date) / 36e5);
console.log('hours east of UTC'.padEnd(18), 'PostgreSQL', 'date-fns-tz', 'luxon', 'moment-timezone');
for (const zone of ['+03:00', 'UTC+3', 'Etc/GMT+3'])
	console.log(zone.padEnd(18),
		hours(new Date(1000 * execFileSync('psql', ['-XAtc',
			`SELECT extract(epoch FROM timestamp '2026-01-01 12:00' AT TIME ZONE '${zone}')`]))).padEnd(10),
		hours(fromZonedTime('2026-01-01T12:00', zone)).padEnd(11),
		hours(DateTime.fromISO('2026-01-01T12:00', { zone }).toJSDate()).padEnd(5),
		hours(moment.tz('2026-01-01T12:00', zone).toDate()));
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
