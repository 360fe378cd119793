#!/bin/sh
# With another IntervalStyle pg reads every interval as one of no length.
#
# Expected: IntervalStyle and DateStyle are output styles that a role or database
#   may set (ALTER ROLE ... SET); a driver that reads one of them only sets it on
#   connecting, as JDBC does with DateStyle, or raises an error.
# Happens: node-postgres reads the default style only.  With iso_8601 or
#   sql_standard each interval is an object without a member, which is what '0'
#   gives as well; with a DateStyle other than ISO each date and timestamptz is
#   null.  No error, no notice.
# Matters: a retention, quiet time or delay becomes zero, and every time unknown,
#   as soon as somebody sets a style for a reporting role.
# Seen: pg 8.23.1, PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
postgres         {"i":{"days":30,"hours":8},"zero":{}}
iso_8601         {"i":{},"zero":{}}
sql_standard     {"i":{},"zero":{}}
postgres_verbose {"i":{},"zero":{}}
ISO              {"t":"2026-02-01T10:00:00.000Z"}
German           {"t":null}
SQL              {"t":null}
Postgres         {"t":null}
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
(async () => {
	const client = new Client();
	await client.connect();
	for (const style of ['postgres', 'iso_8601', 'sql_standard', 'postgres_verbose']) {
		await client.query(`SET intervalstyle = ${style}`);
		const { rows: [row] } = await client.query(`SELECT interval '30 days 8 hours' AS i, interval '0' AS zero`);
		console.log(style.padEnd(16), JSON.stringify(row));
	}
	for (const style of ['ISO', 'German', 'SQL', 'Postgres']) {
		await client.query(`SET datestyle = ${style}`);
		const { rows: [row] } = await client.query(`SELECT timestamptz '2026-02-01 10:00Z' AS t`);
		console.log(style.padEnd(16), JSON.stringify(row));
	}
	await client.end();
})();
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
