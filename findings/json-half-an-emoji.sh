#!/bin/sh
# JSON.stringify() writes JSON that jsonb does not take: a text cut inside an emoji.
#
# Expected: what JSON.stringify() returns is valid JSON, and PostgreSQL's json and
#   jsonb take the same texts, but for \u0000.  RFC 8259 (8.2) allows a lone
#   surrogate in its grammar and calls the behaviour of receivers unpredictable.
# Happens: slice() and substring() cut by UTF-16 units.  A text of 160 units cut
#   at an emoji keeps half of it, which JSON.stringify() has escaped as \ud83d
#   since ECMAScript 2019.  A json column stores it and fails on reading it with
#   ->>; jsonb refuses the whole document.
# Matters: one preview of a message, cut to a length, makes the insert of a whole
#   payload fail, or is stored and makes a report fail a month later.
# Seen: PostgreSQL 15.20, pg 8.23.1, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund pg@8.23.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
written: {"preview":"xxxxxxxxxxxxxxxxxxx\ud83d"} read back equal: true
SELECT $1::json AS r -> {"preview":"xxxxxxxxxxxxxxxxxxx\ud83d"}
SELECT $1::json ->> 'preview' AS r -> 22P02 invalid input syntax for type json | Unicode low surrogate must follow a high surrogate.
SELECT $1::jsonb AS r -> 22P02 invalid input syntax for type json | Unicode low surrogate must follow a high surrogate.
EOF
cat > ask.js <<'EOF'
const { Client } = require('pg');
(async () => {
	const client = new Client();
	await client.connect();
	const body = JSON.stringify({ preview: ('x'.repeat(19) + '\u{1F600} thanks').slice(0, 20) });
	console.log('written:', body, 'read back equal:', JSON.stringify(JSON.parse(body)) === body);
	for (const sql of ['SELECT $1::json AS r', `SELECT $1::json ->> 'preview' AS r`, 'SELECT $1::jsonb AS r'])
		await client.query(sql, [body]).then(
			(answer) => console.log(sql, '->', JSON.stringify(answer.rows[0].r)),
			(error) => console.log(sql, '->', error.code, error.message, '|', error.detail));
	await client.end();
})();
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
