#!/bin/sh
# The jsonpath method datetime() does not know a time that ends in Z.
#
# Expected: the manual (9.16.2) says that datetime() without a template tries
#   the ISO formats.  "2026-01-01T10:00:00Z" is the example of RFC 3339, what
#   ECMAScript's Date.toISOString() and JSON.stringify() write, and what nearly
#   all webhooks carry; a plain cast to timestamptz reads it.
# Happens: datetime() wants the offset in digits.  On a value with Z it raises an
#   error; inside of a filter that error is swallowed, as the manual says of
#   filters, so every row with Z just fails the condition.  The same moment
#   written +00:00 passes.
# Matters: a filter "events since" over raw payloads finds nothing, without an
#   error, for a provider that writes Z, and all for one that writes +00:00.
# Seen: PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77

cat > seen <<'EOF'
cast:      2026-01-01 10:00:00+00
psql:ask.sql:5: ERROR:  datetime format is not recognized: "2026-01-01T10:00:00Z"
as +00:00: "2026-01-01T10:00:00+00:00"
filter on 2026-01-01T10:00:00Z: false
filter on 2026-01-01T10:00:00+00:00: true
EOF
cat > ask.sql <<'EOF'
\pset fieldsep ''
\set VERBOSITY terse
SET timezone = 'UTC';
SELECT 'cast:      ' || ('"2026-01-01T10:00:00Z"'::jsonb #>> '{}')::timestamptz;
SELECT jsonb_path_query_tz('"2026-01-01T10:00:00Z"', '$.datetime()');
SELECT 'as +00:00: ', jsonb_path_query_tz('"2026-01-01T10:00:00+00:00"', '$.datetime()');
SELECT 'filter on ' || d.t || ': ' || jsonb_path_exists_tz(jsonb_build_object('at', d.t),
	'$ ? (@.at.datetime() > "2020-01-01T00:00:00+00:00".datetime())')
FROM (VALUES ('2026-01-01T10:00:00Z'), ('2026-01-01T10:00:00+00:00')) d (t);
EOF
pg_virtualenv -v 15 sh -c 'touch started; psql -XAtq -f ask.sql > now 2>&1' > log 2>&1
[ -e started ] || exit 77
cat now
diff seen now
