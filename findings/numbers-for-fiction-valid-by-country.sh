#!/bin/sh
# Of the numbers kept for fiction the mobile ones of Britain and France are invalid.
#
# Expected: numbers set aside for drama and examples (555-0100 to 0199 in North
#   America, Ofcom's 07700 900000 to 900999 and 020 7946 0000 to 0999, Arcep's
#   01 99 00 and 06 39 98, ACMA's 0491 570 006) are treated alike by one library:
#   all as numbers or all as none.
# Happens: libphonenumber, in both JavaScript forms, calls the American, the
#   Australian and the landline numbers of Britain and France valid, and the two
#   mobile ranges not, though "possible".
# Matters: just the numbers that examples for SMS are made of take the "invalid
#   number" branch in tests of Britain and France, and of no other country; and
#   "validity keeps test numbers out of production" holds for them alone.
# Seen: google-libphonenumber 3.2.47, libphonenumber-js 1.13.16, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund google-libphonenumber@3.2.47 \
	libphonenumber-js@1.13.16 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
+12025550101   valid: true true possible: true true
+61491570006   valid: true true possible: true true
+33199001234   valid: true true possible: true true
+33639981234   valid: false false possible: true true
+442079460123  valid: true true possible: true true
+447700900123  valid: false false possible: true true
EOF
cat > ask.js <<'EOF'
const { PhoneNumberUtil } = require('google-libphonenumber');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
const util = PhoneNumberUtil.getInstance();
for (const number of ['+12025550101', '+61491570006', '+33199001234', '+33639981234', '+442079460123', '+447700900123']) {
	const google = util.parse(number);
	const js = parsePhoneNumberFromString(number);
	console.log(number.padEnd(14), 'valid:', util.isValidNumber(google), js.isValid(),
		'possible:', util.isPossibleNumber(google), js.isPossible());
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
