#!/bin/sh
# "For ever" in PostgreSQL arrives in a JSON answer as null, by two drivers in two ways.
#
# Expected: timestamptz 'infinity' is a value like others; PostgreSQL's own
#   to_json() writes it as "infinity", and Date.toJSON() is made for answers.
# Happens: pg gives the number Infinity in place of a Date, postgres.js an Invalid
#   Date; JSON.stringify() makes null of both.  So "blocked until infinity" and
#   "not blocked" (NULL) are the same in an API, while -infinity is null, too.
#   What is a Date in all other rows has no getTime() in this one.
# Matters: consent or a block without end is often stored as infinity; a client
#   that takes null for "no block" opens it.
# Seen: pg 8.23.1, postgres 3.4.9, PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 postgres@3.4.9 \
	> npm.log 2>&1 || exit 77

cat > seen <<'EOF'
'infinity'  to_json(): "infinity" | pg: number Infinity null | postgres: Invalid Date null
'-infinity' to_json(): "-infinity" | pg: number -Infinity null | postgres: Invalid Date null
NULL        to_json(): null | pg: object null null | postgres: null null
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
const sql = require('postgres')();
(async () => {
	const client = new Client();
	await client.connect();
	for (const until of [`'infinity'`, `'-infinity'`, 'NULL']) {
		const query = `SELECT ${until}::timestamptz AS until, to_json(${until}::timestamptz)::text AS json`;
		const { rows: [row] } = await client.query(query);
		const [other] = await sql.unsafe(query);
		console.log(until.padEnd(11), 'to_json():', row.json,
			'| pg:', typeof row.until, row.until, JSON.stringify(row.until),
			'| postgres:', String(other.until), JSON.stringify(other.until));
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
