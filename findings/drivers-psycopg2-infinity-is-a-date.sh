#!/bin/sh
# psycopg2 turns infinity into a date of the year 9999, and raises in an array.
#
# Expected: a driver gives infinity as something that is written back as infinity,
#   or raises, as psycopg 3 does, since Python's dates have none.
# Happens: a scalar or a range's end becomes 9999-12-31, and minus infinity the
#   year 1, without a warning; sent back they are these dates.  The same value
#   inside of an array is an error, "unable to parse date".
# Matters: a row read and written by an ORM no longer says "for ever", and
#   isfinite() and the test "until = 'infinity'" no longer hold for it; an
#   aggregated list of the same rows fails.
# Seen: python3-psycopg2 2.9.5-1+b1, PostgreSQL 15.20, Debian 12, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
[ -x /usr/bin/python3 ] || exit 77
command -v pg_virtualenv > /dev/null || exit 77
apt-get -o APT::Sandbox::User=root download \
	python3-psycopg2=2.9.5-1+b1 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done
export PYTHONPATH="$PWD/usr/lib/python3/dist-packages"

cat > seen <<'EOF'
read: 9999-12-31 23:59:59.999999+00:00 0001-01-01 00:00:00+00:00
sent back: 9999-12-31 23:59:59.999999+00 True
in an array: DataError unable to parse date
EOF
cat > ask.py <<'EOF'
import psycopg2
connection = psycopg2.connect('')
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("SET timezone = 'UTC'")
cursor.execute("SELECT timestamptz 'infinity', timestamptz '-infinity'")
until, since = cursor.fetchone()
print('read:', until, since)
cursor.execute("SELECT %s::timestamptz::text, isfinite(%s::timestamptz)", (until, until))
print('sent back:', *cursor.fetchone())
try:
    cursor.execute("SELECT array_agg(t) FROM (VALUES (timestamptz 'infinity')) v (t)")
    print(cursor.fetchone())
except psycopg2.Error as error:
    print('in an array:', type(error).__name__, error)
EOF
pg_virtualenv -v 15 sh -c 'touch started; /usr/bin/python3 ask.py > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
