#!/bin/sh
# The last tenth of a microsecond of a day is in the next day for some readers.
#
# Expected: a timestamp with more digits than a type keeps is cut.  ECMAScript
#   cuts (Date, Temporal.PlainDate), and so do most libraries.
# Happens: PostgreSQL rounds to the nearest microsecond, and date-fns adds the
#   fraction to a floating-point number that cannot hold it, so for both
#   23:59:59.9999999Z is midnight of the next day.
# Matters: .NET's round-trip format writes seven digits and Go's time package
#   nine, so such times do come in.  An event counted on the 31st of a month by
#   one program is in the next month, year or invoice for another.
# Seen: PostgreSQL 15.20, date-fns 4.4.0, luxon 3.7.2, @js-temporal/polyfill
#   0.5.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund date-fns@4.4.0 luxon@3.7.2 \
	@js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
2025-12-31T23:59:59.9999999Z
  PostgreSQL  2026-01-01
  date-fns    2026-01-01
  Date        2025-12-31
  luxon       2025-12-31
  Temporal    2025-12-31
2025-12-31T23:59:59.999999999Z
  PostgreSQL  2026-01-01
  date-fns    2026-01-01
  Date        2025-12-31
  luxon       2025-12-31
  Temporal    2025-12-31
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { parseISO } = require('date-fns');
const { DateTime } = require('luxon');
const { Temporal } = require('@js-temporal/polyfill');
for (const text of ['2025-12-31T23:59:59.9999999Z', '2025-12-31T23:59:59.999999999Z']) {
	console.log(text);
	console.log('  PostgreSQL ', execFileSync('psql', ['-XAtc', `SET timezone = 'UTC'`, '-c',
		`SELECT '${text}'::timestamptz::date`]).toString().split('\n')[1]);
	console.log('  date-fns   ', parseISO(text).toISOString().slice(0, 10));
	console.log('  Date       ', new Date(text).toISOString().slice(0, 10));
	console.log('  luxon      ', DateTime.fromISO(text, { zone: 'UTC' }).toISODate());
	console.log('  Temporal   ', Temporal.Instant.from(text).toZonedDateTimeISO('UTC').toPlainDate().toString());
}
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
