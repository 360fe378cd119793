#!/bin/sh
# Ireland has daylight saving time in winter, or in summer, by whom one asks.
#
# Expected: pg_timezone_names.is_dst is "true if currently observing daylight
#   savings" (manual), luxon's isInDST and moment's isDST() say the same.
# Happens: the time zone database has Irish Standard Time, UTC+1, as the standard
#   and winter as a negative saving.  PostgreSQL hands that out: in Dublin is_dst
#   is true exactly while the offset is zero.  luxon and moment compare offsets
#   and say true in summer.  Morocco is the same: saving in the month of Ramadan.
# Matters: code that finds "standard time" or an hour to add from such a flag
#   sends an hour early or late in Ireland for all of the year, and nowhere else
#   in Europe.
# Seen: PostgreSQL 15.20 with Debian's tzdata 2025b, luxon 3.7.2, moment-timezone
#   0.6.6, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund luxon@3.7.2 \
	moment-timezone@0.6.6 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
PostgreSQL Europe/Dublin is_dst is true in winter
PostgreSQL Europe/London is_dst is true in summer
2026-01-15 luxon false moment false
2026-07-15 luxon true moment true
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { DateTime } = require('luxon');
const moment = require('moment-timezone');
for (const zone of ['Europe/Dublin', 'Europe/London'])
	console.log('PostgreSQL', zone, 'is_dst is', execFileSync('psql', ['-XAtc',
		`SELECT CASE WHEN is_dst = (utc_offset = '1 hour') THEN 'true in summer'
			WHEN is_dst = (utc_offset = '0') THEN 'true in winter' END
		FROM pg_timezone_names WHERE name = '${zone}'`]).toString().trim());
for (const day of ['2026-01-15', '2026-07-15'])
	console.log(day, 'luxon', DateTime.fromISO(day, { zone: 'Europe/Dublin' }).isInDST,
		'moment', moment.tz(day, 'Europe/Dublin').isDST());
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
