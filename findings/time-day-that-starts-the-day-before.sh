#!/bin/sh
# In Cairo and Beirut a day starts, for two libraries, in the day before.
#
# Expected: the start of a day is of that day.  Where clocks go from 00:00 to
#   01:00 the day has no midnight and begins at 01:00, as luxon and Temporal say.
# Happens: dayjs' startOf('day') and date-fns-tz' fromZonedTime() of the date give
#   a moment that is 23:00 of the day before on the clock there.  It happens on
#   the day of change each spring in Egypt and Lebanon.
# Matters: both countries are in everyday use for SMS; a daily cap or report of
#   that day takes an hour of the day before, and formatting the "start" prints
#   yesterday's date.
# Seen: dayjs 1.11.23, date-fns 4.4.0, date-fns-tz 3.2.0, luxon 3.7.2, node
#   20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
npm install --ignore-scripts --no-audit --no-fund dayjs@1.11.23 date-fns@4.4.0 \
	date-fns-tz@3.2.0 luxon@3.7.2 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
2024-04-26 in Africa/Cairo
  luxon       2024-04-26 01:00
  dayjs       2024-04-25 23:00
  date-fns-tz 2024-04-25 23:00
2024-03-31 in Asia/Beirut
  luxon       2024-03-31 01:00
  dayjs       2024-03-30 23:00
  date-fns-tz 2024-03-30 23:00
EOF
cat > ask.js <<'EOF'
const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/utc'));
dayjs.extend(require('dayjs/plugin/timezone'));
const { fromZonedTime } = require('date-fns-tz');
const { DateTime } = require('luxon');
for (const [day, zone] of [['2024-04-26', 'Africa/Cairo'], ['2024-03-31', 'Asia/Beirut']]) {
	const there = (date) => DateTime.fromJSDate(date, { zone }).toFormat('yyyy-MM-dd HH:mm');
	console.log(day, 'in', zone);
	console.log('  luxon      ', there(DateTime.fromISO(`${day}T12:00`, { zone }).startOf('day').toJSDate()));
	console.log('  dayjs      ', there(dayjs.tz(`${day}T12:00`, zone).startOf('day').toDate()));
	console.log('  date-fns-tz', there(fromZonedTime(day, zone)));
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
