#!/bin/sh
# Of a member that occurs twice SQLite takes the first, PostgreSQL the last.
#
# Expected: RFC 8259 (4) says that names should be unique and that many readers
#   take the last one; PostgreSQL's jsonb keeps the last (manual, 8.14).
# Happens: SQLite's json_extract() and ->> take the first; node's JSON.parse() and
#   PostgreSQL's json and jsonb the last; json_each() shows both.
# Matters: a webhook archive kept in SQLite and the database loaded from it have
#   two states for one event, when a gateway writes a member twice (an old and a
#   new status, as happens where templates build the JSON).
# Seen: sqlite3 3.40.1-2+deb12u2, PostgreSQL 15.20, node 20.20.2, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
export TZ=UTC
apt-get -o APT::Sandbox::User=root download \
	sqlite3=3.40.1-2+deb12u2 \
	libsqlite3-0=3.40.1-2+deb12u2 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done

cat > seen <<'EOF'
node         delivered
json         delivered
jsonb        delivered
json_each()  sent delivered
SQLite       sent
EOF
cat > ask.js <<'EOF'
const { execFileSync } = require('child_process');
const { readdirSync } = require('fs');
const run = (...args) => execFileSync(...args).toString().trim();
const text = '{"id":"1","status":"sent","status":"delivered"}';
console.log('node        ', JSON.parse(text).status);
console.log('json        ', run('psql', ['-XAtc', `SELECT '${text}'::json ->> 'status'`]));
console.log('jsonb       ', run('psql', ['-XAtc', `SELECT '${text}'::jsonb ->> 'status'`]));
console.log('json_each() ', run('psql', ['-XAtc', `SELECT string_agg(value, ' ') FROM json_each_text('${text}') WHERE key = 'status'`]));
console.log('SQLite      ', run('usr/bin/sqlite3', [':memory:', `SELECT json_extract('${text}', '$.status')`],
	{ env: { LD_LIBRARY_PATH: 'usr/lib/' + readdirSync('usr/lib').find((name) => name.endsWith('-linux-gnu')) } }));
EOF
pg_virtualenv -v 15 sh -c 'touch started; node ask.js > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
