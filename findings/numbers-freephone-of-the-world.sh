#!/bin/sh
# awesome-phonenumber refuses every number that belongs to no country.
#
# Expected: awesome-phonenumber is a pre-compiled form of Google's library, says
#   its manual, so both agree on a full number.
# Happens: for the country codes shared by the world (+800 freephone, +808, +870
#   satellite, +878, +881, +882, +883, +979) it names the region 001 and then says
#   valid: false and possible: false; the library it is made of says valid.
# Matters: replies and senders from +883 and +882 networks (VoIP, machines, ships)
#   are common for SMS; a filter "drop what is invalid" loses them, and a check
#   against the other package finds a difference in nothing else.
# Seen: awesome-phonenumber 7.8.0, google-libphonenumber 3.2.47, 2026-11-30.  The
#   numbers are Google's examples.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund awesome-phonenumber@7.8.0 \
	google-libphonenumber@3.2.47 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
+80012345678   google true awesome false false 001
+80812345678   google true awesome false false 001
+870301234567  google true awesome false false 001
+878101234567890 google true awesome false false 001
+881612345678  google true awesome false false 001
+8823421234    google true awesome false false 001
+883510012345  google true awesome false false 001
+979123456789  google true awesome false false 001
EOF
cat > ask.js <<'EOF'
const { parsePhoneNumber } = require('awesome-phonenumber');
const { PhoneNumberUtil, PhoneNumberFormat } = require('google-libphonenumber');
const util = PhoneNumberUtil.getInstance();
for (const code of [800, 808, 870, 878, 881, 882, 883, 979]) {
	const example = util.getExampleNumberForNonGeoEntity(code);
	const number = util.format(example, PhoneNumberFormat.E164);
	const { valid, possible, regionCode } = parsePhoneNumber(number);
	console.log(number.padEnd(14), 'google', util.isValidNumber(example), 'awesome', valid, possible, regionCode);
}
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
