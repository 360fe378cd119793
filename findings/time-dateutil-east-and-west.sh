#!/bin/sh
# "UTC+3" is east of Greenwich in one half of python-dateutil and west in the other.
#
# Expected: one library has one meaning of UTC+3.  dateutil's zones have had the
#   ISO one, three hours east, since 2.7 and say so; ECMAScript's Date.toString()
#   writes GMT+0300 for the same.
# Happens: tz.gettz('UTC+3') is +03:00; the parser, given a time with UTC+3 or
#   GMT+0300 behind, turns the sign: -03:00.  A bare +0300 it reads right.
# Matters: logs and exports of JavaScript programs, whose dates end in GMT+0300,
#   are six hours off in Python, which moves half of a day's events to another day.
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
tz.gettz("UTC+3")                  2026-01-01T10:00:00+03:00
2026-01-01 10:00 UTC+3             2026-01-01T10:00:00-03:00
Thu Jan 01 2026 10:00:00 GMT+0300  2026-01-01T10:00:00-03:00
Thu Jan 01 2026 10:00:00 +0300     2026-01-01T10:00:00+03:00
EOF
cat > ask.py <<'EOF'
from datetime import datetime
from dateutil import tz
from dateutil.parser import parse
print('tz.gettz("UTC+3")'.ljust(34), datetime(2026, 1, 1, 10, tzinfo=tz.gettz('UTC+3')).isoformat())
for text in ('2026-01-01 10:00 UTC+3', 'Thu Jan 01 2026 10:00:00 GMT+0300', 'Thu Jan 01 2026 10:00:00 +0300'):
    print(text.ljust(34), parse(text).isoformat())
EOF
/usr/bin/python3 ask.py > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
