#!/bin/sh
# postgres.js reads the NULL in an array as the text NULL, or as false.
#
# Expected: an unquoted NULL in an array's text form is a null, a quoted "NULL" is
#   the text (manual, 8.15.2); pg reads it so.
# Happens: postgres (postgres.js) hands NULL to the element's reader: text[] gets
#   the string 'NULL', and can no longer be told from a real one; boolean[] gets
#   false; integer[] gets NaN, which JSON makes null again.  A scalar null is
#   null as it should be.  (Reported there as 1049 and 1124, open.)
# Matters: "no answer yet" in an array of consents, as array_agg() makes it,
#   arrives as "no"; a missing name as a person called NULL.
# Seen: postgres 3.4.9, pg 8.23.1, PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 postgres@3.4.9 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
SELECT array_agg(opted_in) AS r FROM (VALUES (true), (NULL)) v (opted_in)
  pg        [ true, null ]
  postgres  [ true, false ]
SELECT array['NULL', NULL] AS r
  pg        [ 'NULL', null ]
  postgres  [ 'NULL', 'NULL' ]
SELECT array[1, NULL] AS r
  pg        [ 1, null ]
  postgres  [ 1, NaN ]
SELECT NULL::boolean AS r
  pg        null
  postgres  null
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
const sql = require('postgres')();
(async () => {
	const client = new Client();
	await client.connect();
	for (const query of [
		`SELECT array_agg(opted_in) AS r FROM (VALUES (true), (NULL)) v (opted_in)`,
		`SELECT array['NULL', NULL] AS r`,
		`SELECT array[1, NULL] AS r`,
		`SELECT NULL::boolean AS r`]) {
		console.log(query);
		console.log('  pg       ', (await client.query(query)).rows[0].r);
		console.log('  postgres ', (await sql.unsafe(query))[0].r);
	}
	await client.end();
	await sql.end();
})();
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
