#!/bin/sh
# A received message of two letters has sixteen, and PostgreSQL takes none.
#
# Expected: the text of a decoded message is the text; the package's manual shows
#   one of 23 characters for its example, which prints like that.
# Happens: pdu 1.1.0 adds seven NUL characters for each letter of a text in the
#   GSM alphabet.  They do not show on a terminal; text in PostgreSQL holds no
#   NUL (manual, 8.3), so the insert raises; jsonb refuses \u0000 likewise.
# Matters: "STOP" from a modem is not equal to STOP, and the row that would record
#   the opt-out is refused, with a message about an encoding.
# Seen: pdu 1.1.0, pg 8.23.1, PostgreSQL 15.20, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund pdu@1.1.0 pg@8.23.1 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
printed: STOP | length 32 | equal to STOP: false
text 22021 invalid byte sequence for encoding "UTF8": 0x00
jsonb 22P05 unsupported Unicode escape sequence
EOF
cat > ask.js <<'EOF'
const { parse } = require('pdu');
const { Client } = require('pg');
(async () => {
	const client = new Client();
	await client.connect();
	const { text } = parse('00040B912120555510F10000621103214365000453EA130A');
	console.log('printed:', text.replaceAll('\0', ''), '| length', text.length, '| equal to STOP:', text === 'STOP');
	for (const [type, value] of [['text', text], ['jsonb', JSON.stringify({ text })]])
		await client.query(`SELECT $1::${type}`, [value]).catch((error) => console.log(type, error.code, error.message));
	await client.end();
})();
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
