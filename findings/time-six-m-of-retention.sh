#!/bin/sh
# "6 M" is half a year for one reader and six minutes for the other.
#
# Expected: M is the month and m the minute, as in ISO 8601's date part, moment's
#   units and strftime; PostgreSQL itself reads P6M as six months.
# Happens: in PostgreSQL's own notation units have no case, and '6 M' is six
#   minutes without a notice; 'P6M' is six months, 'PT6M' six minutes.
# Matters: a setting "6 M" or "6M" shared by a program and the database keeps
#   events for half a year in one and drops them after six minutes in the other.
# Seen: PostgreSQL 15.20, moment 2.30.1, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund moment@2.30.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
6 M  PostgreSQL 00:06:00 moment P6M
6M   PostgreSQL 00:06:00 moment P6M
6 m  PostgreSQL 00:06:00 moment PT6M
P6M  PostgreSQL 6 mons   moment P6M
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const moment = require('moment');
for (const text of ['6 M', '6M', '6 m', 'P6M'])
	console.log(text.padEnd(4), 'PostgreSQL', execFileSync('psql', ['-XAtc', `SELECT interval '${text}'`]).toString().trim().padEnd(8),
		'moment', /^P/.test(text) ? moment.duration(text).toISOString() : moment.duration(6, text.at(-1)).toISOString());
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
