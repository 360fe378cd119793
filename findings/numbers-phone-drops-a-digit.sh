#!/bin/sh
# The package "phone" takes a digit out of a full number and calls it valid.
#
# Expected: a number in E.164 form with its plus sign comes back as it is or is
#   refused: the package's manual says it normalizes to E.164, and its examples
#   change brackets, blanks and hyphens only.
# Happens: for mobile numbers of some countries (Liberia, Tuvalu, Saint Helena,
#   Gabon) it finds a shorter form in them, drops a digit after the country code,
#   and says isValid: true.  In Argentina it drops the 9 that tells a mobile from
#   a landline.
# Matters: the key under which an opt-out is kept is another number, which may be
#   somebody else's; a send goes to it.  libphonenumber refuses most of the results.
# Seen: phone 3.1.72, libphonenumber-js 1.13.16, 2026-11-30.  The numbers are
#   libphonenumber's own examples.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund phone@3.1.72 \
	libphonenumber-js@1.13.16 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
LR +231770123456  true -> +23170123456  phone: true libphonenumber-js: false
TV +688901234     true -> +68801234     phone: true libphonenumber-js: false
SH +29051234      true -> +2901234      phone: true libphonenumber-js: false
GA +24106031234   true -> +2416031234   phone: true libphonenumber-js: true
AR +5491123456789 true -> +541123456789 phone: true libphonenumber-js: true
EOF
cat > ask.js <<'EOF'
const { phone } = require('phone');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
for (const number of ['+231770123456', '+688901234', '+29051234', '+24106031234', '+5491123456789']) {
	const { isValid, phoneNumber, countryIso2 } = phone(number);
	console.log(countryIso2, number.padEnd(14), parsePhoneNumberFromString(number).isValid(), '->',
		phoneNumber.padEnd(13), 'phone:', isValid, 'libphonenumber-js:', parsePhoneNumberFromString(phoneNumber).isValid());
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
