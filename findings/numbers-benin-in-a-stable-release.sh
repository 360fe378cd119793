#!/bin/sh
# A whole country's numbers are impossible, in the release that servers run.
#
# Expected: a number that its country's network gives out today is at least
#   "possible" for a supported release of the library.
# Happens: Benin went from 8 to 10 digits by the 30th of November 2024, 01 in front
#   of each.  For the library of Debian 12, whose numbering plans are of 2022, all
#   numbers in use are neither valid nor possible and belong to no country, and
#   the old ones, which do not work any more, are valid.
# Matters: every recipient in Benin is refused as a typing error on one server and
#   taken on another; who "repairs" by cutting the 01 gets a number that passes
#   and reaches nobody.
# Seen: python3-phonenumbers 8.12.57-4, Debian 12, 2026-11-30.  The numbers are
#   libphonenumber's own examples, before and after.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
[ -x /usr/bin/python3 ] || exit 77
apt-get -o APT::Sandbox::User=root download \
	python3-phonenumbers=8.12.57-4 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done
export PYTHONPATH="$PWD/usr/lib/python3/dist-packages"

cat > seen <<'EOF'
+22990011234    possible True valid True BJ
+2290195123456  possible False valid False BJ
EOF
cat > ask.py <<'EOF'
import phonenumbers
for text in ('+22990011234', '+2290195123456'):
    number = phonenumbers.parse(text)
    print(text.ljust(15), 'possible', phonenumbers.is_possible_number(number), 'valid', phonenumbers.is_valid_number(number),
          phonenumbers.region_code_for_number(number))
EOF
/usr/bin/python3 ask.py > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
