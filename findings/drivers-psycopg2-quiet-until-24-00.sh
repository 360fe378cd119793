#!/bin/sh
# The end of the day, time 24:00, comes back from psycopg2 as its start.
#
# Expected: PostgreSQL's type time has 24:00:00 as its largest value (manual, 8.5),
#   one that Python's time cannot hold, so that the driver raises or gives text;
#   node-postgres gives '24:00:00'.
# Happens: psycopg2 gives 00:00, the smallest value.  interval '1 month' comes as
#   30 days in the same silent way, and added to 31 January on the server it is
#   2 March, where the interval itself gave 28 February.
# Matters: quiet hours "21:00 to 24:00", read and used or written back, are from
#   21:00 to 00:00, which "between" never holds for; a retention of months shrinks
#   when a settings page saves what it read.
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
read: 21:00:00 00:00:00 datetime.timedelta(days=30)
23:00 in what was read: False
23:00 in the original: True
a month as read: 2026-03-02
a month: 2026-02-28
EOF
cat > ask.py <<'EOF'
import psycopg2
connection = psycopg2.connect('')
cursor = connection.cursor()
cursor.execute("SELECT time '21:00', time '24:00', interval '1 month'")
start, end, month = cursor.fetchone()
print('read:', start, end, repr(month))
cursor.execute("""SELECT time '23:00' BETWEEN %s AND %s, time '23:00' BETWEEN '21:00' AND '24:00',
	(date '2026-01-31' + %s)::date, (date '2026-01-31' + interval '1 month')::date""", (start, end, month))
for what, got in zip(('23:00 in what was read:', '23:00 in the original:', 'a month as read:', 'a month:'), cursor.fetchone()):
    print(what, got)
EOF
pg_virtualenv -v 15 sh -c 'touch started; /usr/bin/python3 ask.py > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now
