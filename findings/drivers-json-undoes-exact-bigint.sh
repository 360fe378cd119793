#!/bin/sh
# The same bigint is right as a column and another number inside of json_agg().
#
# Expected: both drivers give bigint as a string, so that no digit is lost, and
#   to_json() in PostgreSQL writes all digits.  RFC 8259 (6) warns of numbers
#   beyond 2^53 between programs.
# Happens: as a member of a JSON value the bigint is a JSON number, which both
#   drivers hand to JSON.parse(): the id is rounded to a number of another
#   message.  Two neighbouring ids become one.  Nothing tells the two ways apart
#   in the query's text but row_to_json() or json_agg() around it.
# Matters: message ids of 19 digits (EngageLab's have them) are read right by the
#   plain query, and wrong by the one that nests parts in their message; updates
#   by that id change nothing or another row.
# Seen: pg 8.23.1, postgres 3.4.9, PostgreSQL 15.20, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 postgres@3.4.9 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
pg       {
  plain: [ '7301234567890123456', '7301234567890123457' ],
  json: [ 7301234567890124000, 7301234567890124000 ],
  sent: '[7301234567890123456, 7301234567890123457]'
}
postgres {
  plain: [ '7301234567890123456', '7301234567890123457' ],
  json: [ 7301234567890124000, 7301234567890124000 ],
  sent: '[7301234567890123456, 7301234567890123457]'
}
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
const sql = require('postgres')();
(async () => {
	const client = new Client();
	await client.connect();
	const query = `SELECT array_agg(id) AS plain, json_agg(id) AS json, json_agg(id)::text AS sent
		FROM (VALUES (7301234567890123456::bigint), (7301234567890123457)) v (id)`;
	console.log('pg      ', (await client.query(query)).rows[0]);
	console.log('postgres', { ...(await sql.unsafe(query))[0] });
	await client.end();
	await sql.end();
})();
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
