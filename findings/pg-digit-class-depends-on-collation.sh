#!/bin/sh
# Whether a pattern lets Arabic digits through depends on the column's collation.
#
# Expected: \d is the digits 0 to 9, as in ECMAScript, RE2 and in PostgreSQL with
#   the C collation or glibc's locales, where a check like '^\+\d{7,15}$' keeps
#   anything else out.  The manual (9.7.3) says that \d is [[:digit:]] and that
#   classes may depend on the collation for characters outside of ASCII.
# Happens: with an ICU collation \d matches the digits of all scripts and \s a
#   no-break space, in the same database and on the same data.  A cast of what
#   passed then fails, and two columns with one CHECK keep out different things.
# Matters: numbers typed on an Arabic or Persian keyboard get into a column that
#   is "digits only" where the database was made with --locale-provider=icu (the
#   default of more and more services), and are not equal to the same number in
#   ASCII: an opt-out under the one spelling does not hold for the other.
# Seen: PostgreSQL 15.20, ICU 72, glibc 2.36, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77

cat > seen <<'EOF'
psql:ask.sql:5: ERROR:  new row for relation "by_glibc" violates check constraint "by_glibc_phone_check"
taken by the ICU column: +١٢٠٢٥٥٥٠١٠١
psql:ask.sql:7: ERROR:  invalid input syntax for type numeric: "+١٢٠٢٥٥٥٠١٠١"
STOP + U+00A0 ~ ^STOP\s$: C.utf8 false, ICU true
EOF
cat > ask.sql <<'EOF'
\set VERBOSITY terse
CREATE TABLE by_glibc (phone text COLLATE "C.utf8" CHECK (phone ~ '^\+\d{7,15}$'));
CREATE TABLE by_icu (phone text COLLATE "und-x-icu" CHECK (phone ~ '^\+\d{7,15}$'));
\set number '''+١٢٠٢٥٥٥٠١٠١'''
INSERT INTO by_glibc VALUES (:number);
INSERT INTO by_icu VALUES (:number) RETURNING 'taken by the ICU column: ' || phone;
SELECT phone::numeric FROM by_icu;
SELECT 'STOP + U+00A0 ~ ^STOP\s$: C.utf8 ' || (U&'STOP\00A0' COLLATE "C.utf8" ~ '^STOP\s$') ||
	', ICU ' || (U&'STOP\00A0' COLLATE "und-x-icu" ~ '^STOP\s$');
EOF
pg_virtualenv -v 15 sh -c 'touch started; psql -XAtq -f ask.sql > now 2>&1' > log 2>&1
[ -e started ] || exit 77
cat now
diff seen now
