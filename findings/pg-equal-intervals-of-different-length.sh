#!/bin/sh
# A year equals 360 days, and its length is that of 365.25.
#
# Expected: equal values have equal lengths: if a = b then extract(epoch FROM a)
#   = extract(epoch FROM b), and a < b goes with a shorter epoch.
# Happens: comparison counts a month as 30 days, so that 1 year = 360 days is
#   true, unique and grouped as one; the epoch counts 12 months as 365.25 days
#   but 11 months as 330.  So 361 days are more than a year by comparison, and
#   four days less by epoch.
# Matters: a retention of 1 year, compared with an age in days, ends after 361
#   days; one that is turned into seconds lasts 365.25.  A rule "window no longer
#   than a year" rejects 364 days.
# Seen: PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77

cat > seen <<'EOF'
1 year = 360 days:     true
epoch in days:         365.25 and 360
epoch of 11 months:    330
364 days > 1 year:     true, by epoch false
distinct values of the two: 1
EOF
cat > ask.sql <<'EOF'
SELECT '1 year = 360 days:     ' || (interval '1 year' = interval '360 days');
SELECT 'epoch in days:         ' || trim_scale(extract(epoch FROM interval '1 year') / 86400)
	|| ' and ' || trim_scale(extract(epoch FROM interval '360 days') / 86400);
SELECT 'epoch of 11 months:    ' || trim_scale(extract(epoch FROM interval '11 months') / 86400);
SELECT '364 days > 1 year:     ' || (interval '364 days' > interval '1 year')
	|| ', by epoch ' || (extract(epoch FROM interval '364 days') > extract(epoch FROM interval '1 year'));
SELECT 'distinct values of the two: ' || count(DISTINCT i) FROM (VALUES (interval '1 year'), ('360 days')) v (i);
EOF
pg_virtualenv -v 15 sh -c 'touch started; psql -XAtq -f ask.sql > now 2>&1' > log 2>&1
[ -e started ] || exit 77
cat now
diff seen now
