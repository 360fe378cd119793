#!/bin/sh
# A text with a line of its own, backslash and full stop, ends a CSV in its middle.
#
# Expected: what COPY ... TO ... (FORMAT csv) writes COPY FROM reads; the manual
#   says of CSV that a lone \. is quoted on output, and that a quoted one is data
#   on input.
# Happens: that holds for a value that is nothing but \. alone.  Inside of a longer
#   quoted value the line \. is taken for the end of the data, which is an error as
#   the quotes are open.  RFC 4180 knows no such mark, and other readers of CSV
#   have no trouble.
# Matters: message texts come from the world; one reply with such a line makes an
#   export unreadable, and nobody notices before the restore.
# Seen: PostgreSQL 15.20 and its psql, csv-parse 7.0.3, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
npm install --ignore-scripts --no-audit --no-fund csv-parse@7.0.3 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
a lone value is read back: \.
ERROR:  unterminated CSV quoted field
of 2 rows read back: 0
"\."
"first
\.
last"
csv-parse reads: [["\\."],["first\n\\.\nlast"]]
EOF
cat > ask.sh <<'EOF'
psql -XAtq <<'SQL'
\set VERBOSITY terse
CREATE TABLE reply (body text);
CREATE TABLE again (body text);
INSERT INTO reply VALUES (E'\\.');
\copy reply TO lone.csv (FORMAT csv)
\copy again FROM lone.csv (FORMAT csv)
SELECT 'a lone value is read back: ' || body FROM again;
INSERT INTO reply VALUES (E'first\n\\.\nlast');
\copy reply TO both.csv (FORMAT csv)
TRUNCATE again;
\copy again FROM both.csv (FORMAT csv)
SELECT 'of 2 rows read back: ' || count(*) FROM again;
SQL
cat both.csv
node -e 'console.log("csv-parse reads:", JSON.stringify(require("csv-parse/sync").parse(require("fs").readFileSync("both.csv"))))'
EOF
pg_virtualenv -v 15 sh -c 'touch started; sh ask.sh > now 2>&1' > log 2>&1
[ -e started ] || exit 77
cat now
diff seen now
