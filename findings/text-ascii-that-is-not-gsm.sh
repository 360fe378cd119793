#!/bin/sh
# A text made plain ASCII to save parts is still sent as UCS2: the grave accent.
#
# Expected: transliteration to ASCII makes a text fit for the GSM alphabet, since
#   the letters, digits and signs of ASCII are in it.  That holds for 94 of the 95
#   printable characters of ASCII.
# Happens: all three libraries write ` for the turned comma U+02BB, a letter of
#   Uzbek and Hawaiian that is in everyday names (and two of them for others of
#   Armenian).  ` is the one that 3GPP 23.038 has not, in neither of its tables, so
#   the whole text goes as UCS2.
# Matters: 150 characters to Uzbekistan cost three parts, and nothing in the text
#   looks other than ASCII; a check "only ASCII, so one part" is wrong.
# Seen: transliteration 2.6.1, unidecode 1.1.0, any-ascii 0.3.3,
#   sms-segments-calculator 1.3.0, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund transliteration@2.6.1 \
	unidecode@1.1.0 any-ascii@0.3.3 sms-segments-calculator@1.3.0 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
transliteration O`zbekiston true 143 UCS-2 3 Հայաստան Քաղաք: K`aghak`
unidecode       O`zbekiston true 143 UCS-2 3 Հայաստան Քաղաք: K`aghak`
any-ascii       O`zbekiston true 143 UCS-2 3 Հայաստան Քաղաք: K'aghak'
printable ASCII outside of GSM: `
EOF
cat > ask.js <<'EOF'
const { SegmentedMessage } = require('sms-segments-calculator');
const ascii = require('any-ascii');
const libraries = { transliteration: require('transliteration').transliterate, unidecode: require('unidecode'), 'any-ascii': ascii.default || ascii };
for (const [name, plain] of Object.entries(libraries)) {
	const text = plain('Oʻzbekiston '.repeat(12).trim());
	const { encodingName, segmentsCount } = new SegmentedMessage(text);
	console.log(name.padEnd(15), text.slice(0, 11), /^[ -~]*$/.test(text), text.length, encodingName, segmentsCount,
		'Հայաստան Քաղաք:', plain('Քաղաք'));
}
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
console.log('printable ASCII outside of GSM:', printable.filter((c) => new SegmentedMessage(c).encodingName !== 'GSM-7').join(' '));
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
