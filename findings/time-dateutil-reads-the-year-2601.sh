#!/bin/sh
# The time of a delivery receipt becomes the year 2601 by one more pair of digits.
#
# Expected: SMPP 3.4 (appendix B) writes the times of a receipt as YYMMDDhhmm, and
#   many centres add the seconds.  python-dateutil's parser is made for "most
#   known formats" and raises where it does not know one.
# Happens: with seconds, 260101120000, it reads the 12th of January 2601; without
#   them it raises OverflowError, which is no ParserError; the date alone, 260101,
#   is the 26th of January 2001, while 991231 is a day of 1999.
# Matters: no reading is right, and the two that raise nothing look like times; a
#   report of 2601 is the newest for ever and keeps all later ones of its message
#   from counting.
# Seen: python3-dateutil 2.8.2-2, Debian 12, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
[ -x /usr/bin/python3 ] || exit 77
apt-get -o APT::Sandbox::User=root download \
	python3-dateutil=2.8.2-2 \
	python3-six=1.16.0-4 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done
export PYTHONPATH="$PWD/usr/lib/python3/dist-packages"

cat > seen <<'EOF'
260101       2001-01-26T00:00:00
991231       1999-12-31T00:00:00
2601011200   OverflowError
260101120000 2601-01-12T00:00:00
EOF
cat > ask.py <<'EOF'
from dateutil.parser import parse
for text in ('260101', '991231', '2601011200', '260101120000'):
    try:
        print(text.ljust(12), parse(text).isoformat())
    except Exception as error:
        print(text.ljust(12), type(error).__name__)
EOF
/usr/bin/python3 ask.py > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
