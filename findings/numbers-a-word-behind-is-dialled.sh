#!/bin/sh
# "+49 30 231251 work" is another valid number for Google's library: work is 9675.
#
# Expected: a word behind a number, as address books and CSV exports have it, is
#   ignored (libphonenumber-js does) or makes the text no number.  Letters count
#   as digits in vanity numbers such as 1-800-FLOWERS, in national form.
# Happens: three letters or more anywhere behind make the whole text a vanity
#   number, brackets or not: the letters are turned into keys and joined to the
#   digits.  Where numbers have no fixed length (Germany, Austria, Italy,
#   Indonesia) the longer number is valid, so a check of validity passes it.
#   awesome-phonenumber, made of Google's, does the same.
# Matters: an imported opt-out or recipient becomes a number of somebody else, and
#   with two libraries in one system the same cell has two keys.
# Seen: google-libphonenumber 3.2.47, awesome-phonenumber 7.8.0, libphonenumber-js
#   1.13.16, 2026-11-30.  The numbers of Berlin are those reserved for fiction.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund google-libphonenumber@3.2.47 \
	awesome-phonenumber@7.8.0 libphonenumber-js@1.13.16 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
+49 30 231251         google +4930231251      true awesome same true js +4930231251 true
+49 30 231251 work    google +49302312519675  true awesome same true js +4930231251 true
+49 30 231251 (home)  google +49302312514663  true awesome same true js +4930231251 true
+49 30 231251 - mob   google +4930231251662   true awesome same true js +4930231251 true
+1 202 555 0101 now   google +12025550101669  false awesome same false js +12025550101 true
EOF
cat > ask.js <<'EOF'
const { PhoneNumberUtil, PhoneNumberFormat } = require('google-libphonenumber');
const { parsePhoneNumber } = require('awesome-phonenumber');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
const util = PhoneNumberUtil.getInstance();
for (const text of ['+49 30 231251', '+49 30 231251 work', '+49 30 231251 (home)', '+49 30 231251 - mob', '+1 202 555 0101 now']) {
	const google = util.parse(text);
	const awesome = parsePhoneNumber(text);
	const js = parsePhoneNumberFromString(text);
	console.log(text.padEnd(21), 'google', util.format(google, PhoneNumberFormat.E164).padEnd(16), util.isValidNumber(google),
		'awesome', awesome.number.e164 === util.format(google, PhoneNumberFormat.E164) ? 'same' : 'other', awesome.valid,
		'js', js.number, js.isValid());
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
