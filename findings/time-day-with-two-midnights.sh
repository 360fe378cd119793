#!/bin/sh
# date_trunc('day', ...) gives a moment after its argument.
#
# Expected: the start of the day in which a moment lies is that moment or an
#   earlier one.  PostgreSQL's manual (9.9.2, date_trunc) says that the result
#   has the less significant fields set to zero, in the time zone named;
#   ECMAScript's Temporal (startOfDay) gives the first moment of the day.
# Happens: on the Azores clocks go from 01:00 back to 00:00, every October, so
#   this day begins twice.  PostgreSQL takes the second midnight: what happened
#   at 00:30 UTC is of this day and before its start.  The half-open range from
#   the day's start to the next day's start misses the hour, and the day before
#   has it as well as its own 24 hours.
# Matters: clicks and replies per day by date_trunc() = ... and by a range of
#   timestamps do not agree; a quiet hour or a cap that "starts at midnight"
#   starts an hour late.
# Seen: PostgreSQL 15.20, @js-temporal/polyfill 0.5.1, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund @js-temporal/polyfill@0.5.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
date of 00:30Z there    2024-10-27
PostgreSQL's start      2024-10-27T01:00:00Z
start is after          t
midnight as a timestamp 2024-10-27T01:00:00Z
in range of its day     f
Temporal's start        2024-10-27T00:00:00Z
EOF
cat > ask.sql <<'EOF'
SET timezone = 'UTC';
\set moment 'timestamptz ''2024-10-27 00:30Z'''
\set iso '''YYYY-MM-DD"T"HH24:MI:SS"Z"'''
SELECT 'date of 00:30Z there    ' || (:moment AT TIME ZONE 'Atlantic/Azores')::date;
SELECT 'PostgreSQL''s start      ' || to_char(date_trunc('day', :moment, 'Atlantic/Azores'), :iso);
SELECT 'start is after          ', date_trunc('day', :moment, 'Atlantic/Azores') > :moment;
SELECT 'midnight as a timestamp ' || to_char(timestamp '2024-10-27' AT TIME ZONE 'Atlantic/Azores', :iso);
SELECT 'in range of its day     ', :moment >= timestamp '2024-10-27' AT TIME ZONE 'Atlantic/Azores'
	AND :moment < timestamp '2024-10-28' AT TIME ZONE 'Atlantic/Azores';
EOF
pg_virtualenv -v 15 psql -XAtqF '' -o now -f ask.sql > server.log 2>&1 || { cat server.log; exit 77; }
node >> now <<'EOF'
const { Temporal } = require('@js-temporal/polyfill');
const day = Temporal.Instant.from('2024-10-27T00:30Z').toZonedDateTimeISO('Atlantic/Azores');
console.log(`Temporal's start        ${day.startOfDay().toInstant()}`);
EOF
cat now
diff seen now
