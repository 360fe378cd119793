#!/bin/sh
# pg keeps a numeric exact, and makes floating point of the same numeric in an array.
#
# Expected: node-postgres documents that numeric and bigint come as strings, since
#   a JavaScript number cannot hold them; so does bigint[], as an array of strings.
# Happens: numeric[] is parsed to numbers, and a value beyond 15 digits becomes
#   another one by array_agg().  postgres.js keeps the strings.
# Matters: ids are numeric in some stores, and so are prices per part: one value
#   by row is exact, the list of them is not, code that expects strings gets
#   numbers, and sums in the client differ from sum() in the database.
# Seen: pg 8.23.1 (pg-types 2.2.0), postgres 3.4.9, PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 postgres@3.4.9 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
pg       {
  one: '7301234567890123456',
  list: [ 7301234567890124000, 0.0054 ],
  bigints: [ '7301234567890123456' ]
}
postgres {
  one: '7301234567890123456',
  list: [ '7301234567890123456', '0.0054' ],
  bigints: [ '7301234567890123456' ]
}
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
const sql = require('postgres')();
(async () => {
	const client = new Client();
	await client.connect();
	const query = `SELECT max(n) AS one, array_agg(n) AS list, array[max(n)::bigint] AS bigints
		FROM (VALUES (7301234567890123456::numeric), (0.0054)) v (n)`;
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
