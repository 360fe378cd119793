#!/bin/sh
# At half past midnight it is 24:30, in the way that most code asks for the hour.
#
# Expected: "24-hour clock" by hour12: false gives hours 0 to 23, as it does for
#   en-GB, de and es; a time from toLocaleTimeString() is one that a database
#   reads.
# Happens: for en-US, hi-IN and ar the hour after midnight is 24, of the same day:
#   Number(format) is 24, and 24:30:00 is refused by PostgreSQL's type time, which
#   takes 24:00:00 only.  hourCycle: 'h23' gives 00.
# Matters: quiet hours "before 8 and from 21" are often computed like this with
#   the recipient's time zone; 24 is not before 8, and where the test is "hour < 8
#   or 21 <= hour < 24" the first hour of the night is open.
# Seen: node 20.20.2 (ICU 78.2), PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
case $(node --version) in v20.*) ;; *) exit 77 ;; esac
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC

cat > seen <<'EOF'
en-US hour 24 | time 24:30:00 -> ERROR:  date/time field value out of range: "24:30:00"
en-GB hour 0  | time 00:30:00 -> 00:30:00
de    hour 0  | time 00:30:00 -> 00:30:00
es    hour 0  | time 0:30:00  -> 00:30:00
hi-IN hour 24 | time 24:30:00 -> ERROR:  date/time field value out of range: "24:30:00"
ar    hour 24 | time 24:30:00 -> ERROR:  date/time field value out of range: "24:30:00"
EOF
cat > ask.js <<'EOF'
const { spawnSync } = require('child_process');
const at = new Date('2026-01-01T00:30:00Z');
for (const locale of ['en-US', 'en-GB', 'de', 'es', 'hi-IN', 'ar']) {
	const hour = new Intl.DateTimeFormat(locale, { hour: 'numeric', hour12: false, timeZone: 'UTC' }).formatToParts(at);
	const clock = at.toLocaleTimeString(locale, { hour12: false, timeZone: 'UTC' });
	const { stdout, stderr } = spawnSync('psql', ['-XAtc', `SELECT time '${clock}'`], { encoding: 'utf8' });
	console.log(locale.padEnd(5), 'hour', Number(hour.find(({ type }) => type === 'hour').value).toString().padEnd(2),
		'| time', clock.padEnd(8), '->', (stdout || stderr).split('\n')[0]);
}
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
