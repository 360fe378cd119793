#!/bin/sh
# What time it is in Vancouver next winter depends on a patch release.
#
# Expected: a zone's rules for a date within weeks are the same in two releases of
#   one minor version; the package's number does not tell otherwise.
# Happens: British Columbia stays on UTC-7 all year by the 2026 editions of the
#   time zone database, and moment-timezone carries its own copy: 0.6.6 says -7 in
#   December 2026, 0.6.0 says -8.  The operating system, node's ICU and PostgreSQL
#   each have a further copy and age by their own.
# Matters: quiet hours of 5 million people are an hour off in winter where any one
#   of the copies is a year old, with no error; which copy a program uses is seen
#   from its imports only.
# Seen: moment-timezone 0.6.6 (2026f) and 0.6.0, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund moment-timezone@0.6.6 \
	moment-timezone-old@npm:moment-timezone@0.6.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
0.6.0 2025b winter -08:00 summer -07:00
0.6.6 2026f winter -07:00 summer -07:00
EOF
cat > ask.js <<'EOF'
for (const name of ['moment-timezone-old', 'moment-timezone']) {
	const moment = require(name);
	console.log(require(`${name}/package.json`).version, moment.tz.dataVersion,
		'winter', moment.tz('2026-12-15T12:00', 'America/Vancouver').format('Z'),
		'summer', moment.tz('2026-07-15T12:00', 'America/Vancouver').format('Z'));
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
