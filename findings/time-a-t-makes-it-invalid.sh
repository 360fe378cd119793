#!/bin/sh
# The blank turned to T, a PostgreSQL time is a date in India and none in Germany.
#
# Expected: PostgreSQL's text of a timestamptz, "2026-01-01 10:00:00+00", differs
#   from ISO 8601 by the blank only (manual, 8.5.2), so replace(' ', 'T') makes it
#   ISO 8601; offsets of hours only are allowed there.
# Happens: ECMAScript's Date wants minutes in the offset.  With the blank, V8 falls
#   back to its old reader, which takes +00; with the T the result is an invalid
#   Date, for dayjs as well.  A session in a zone of half hours (+05:30) writes
#   minutes, and there both forms work.
# Matters: the replacement is in many programs as a precaution, and does what it
#   should prevent; tests of a team in India pass.
# Seen: PostgreSQL 15.20, luxon 3.7.2, date-fns 4.4.0, dayjs 1.11.23, node 20.20.2,
#   2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund luxon@3.7.2 date-fns@4.4.0 \
	dayjs@1.11.23 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
2026-01-01 11:00:00+01     Date "2026-01-01T10:00:00.000Z" dayjs true date-fns true luxon false
2026-01-01T11:00:00+01     Date null                       dayjs false date-fns true luxon true
2026-01-01 15:30:00+05:30  Date "2026-01-01T10:00:00.000Z" dayjs true date-fns true luxon false
2026-01-01T15:30:00+05:30  Date "2026-01-01T10:00:00.000Z" dayjs true date-fns true luxon true
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { DateTime } = require('luxon');
const { parseISO } = require('date-fns');
const dayjs = require('dayjs');
for (const zone of ['Europe/Berlin', 'Asia/Kolkata']) {
	const text = execFileSync('psql', ['-XAtqc', `SET timezone = '${zone}'`, '-c', `SELECT timestamptz '2026-01-01 10:00Z'`]).toString().trim();
	for (const form of [text, text.replace(' ', 'T')])
		console.log(form.padEnd(26), 'Date', JSON.stringify(new Date(form)).padEnd(26), 'dayjs', dayjs(form).isValid(),
			'date-fns', JSON.stringify(parseISO(form)) !== 'null', 'luxon', DateTime.fromISO(form).isValid);
}
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
