#!/bin/sh
# jq parses the offset of a time and reckons without it.
#
# Expected: strptime() with %z, then mktime, is the moment: jq's manual says that
#   strptime is the C library's, which reads %z, and mktime gives seconds since
#   the epoch.
# Happens: the offset is read, and has no effect: 16:00+0100 and 16:00-0800 are
#   both 16:00 UTC.  fromdate, the way without %z, takes Z only.
# Matters: delivery reports carry +0100 and the like (Infobip's dates do), and jq
#   is what people look at payloads with; times are off by the offset, and right
#   in a test with +0000.
# Seen: jq 1.6-2.1+deb12u3, Debian 12, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
apt-get -o APT::Sandbox::User=root download \
	jq=1.6-2.1+deb12u3 \
	libjq1=1.6-2.1+deb12u3 \
	libonig5=6.9.8-1 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done

cat > seen <<'EOF'
2026-01-09T16:00:00+0000 -> 2026-01-09T16:00:00Z
2026-01-09T16:00:00+0100 -> 2026-01-09T16:00:00Z
2026-01-09T16:00:00-0800 -> 2026-01-09T16:00:00Z
EOF
LD_LIBRARY_PATH=$(echo "$PWD"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
for at in 2026-01-09T16:00:00+0000 2026-01-09T16:00:00+0100 2026-01-09T16:00:00-0800; do
	printf '"%s"' "$at" | usr/bin/jq -r '. + " -> " + (strptime("%Y-%m-%dT%H:%M:%S%z") | mktime | todate)'
done > now 2>&1
cat now
diff seen now
