#!/bin/sh
# RFC 3339's own example of a leap second is three different things.
#
# Expected: RFC 3339 (5.8) gives 1990-12-31T23:59:60Z as an example of a valid
#   time, and its grammar allows 60 there.  A reader of RFC 3339 either takes it
#   as one moment or says that it cannot.
# Happens: PostgreSQL reads the second after, in the new year; Temporal reads the
#   second before, in the old year; Date, luxon, date-fns and moment have no
#   value for it, which in JSON is null.
# Matters: a delivery report with such a second (a carrier's clock, or a system
#   that smears by repeating :60) is in two different years by two readers that
#   both follow a standard, and has no time for the rest.
# Seen: PostgreSQL 15.20, @js-temporal/polyfill 0.5.1, luxon 3.7.2, date-fns
#   4.4.0, moment 2.30.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund luxon@3.7.2 date-fns@4.4.0 \
	moment@2.30.1 @js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
PostgreSQL 1991-01-01 00:00:00+00
Temporal   1990-12-31T23:59:59Z
Date       null
luxon      null
date-fns   null
moment     null
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { Temporal } = require('@js-temporal/polyfill');
const text = '1990-12-31T23:59:60Z';
console.log('PostgreSQL', execFileSync('psql', ['-XAtc', `SET timezone = 'UTC'`, '-c',
	`SELECT '${text}'::timestamptz`]).toString().split('\n')[1]);
console.log('Temporal  ', String(Temporal.Instant.from(text)));
console.log('Date      ', JSON.stringify(new Date(text)));
console.log('luxon     ', JSON.stringify(require('luxon').DateTime.fromISO(text)));
console.log('date-fns  ', JSON.stringify(require('date-fns').parseISO(text)));
console.log('moment    ', JSON.stringify(require('moment')(text)));
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
