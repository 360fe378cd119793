#!/bin/sh
# Text search reads the hyphens of a phone number as minus signs.
#
# Expected: two spellings of one number have lexemes in common, and the last four
#   digits, which people search by, are a word of their own.
# Happens: the default parser has a token "signed integer", so 202-555-0101 is
#   the three words 202, -555 and -0101.  A search for 0101 or for 555 does not
#   find it; of the spelling with blanks the same search does, and the two
#   spellings share the first word only.  With brackets it is so as well.
# Matters: replies like "call me at 202-555-0101" are not found by the number, nor
#   by any part of it but the area code; a search that worked in a test with
#   blanks misses most of the North American texts.
# Seen: PostgreSQL 15.20, configuration "english", 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77

cat > seen <<'EOF'
call 202-555-0101          '-0101':4 '-555':3 '202':2 'call':1  0101: false
call 202 555 0101          '0101':4 '202':2 '555':3 'call':1  0101: true
call (202) 555-0101        '-0101':4 '202':2 '555':3 'call':1  0101: false
call +1-202-555-0101       '+1':2 '-0101':5 '-202':3 '-555':4 'call':1  0101: false
one spelling finds the other: false
EOF
cat > ask.sql <<'EOF'
SELECT rpad(t, 27) || to_tsvector('english', t)::text || '  0101: ' || (to_tsvector('english', t) @@ plainto_tsquery('english', '0101'))
FROM (VALUES ('call 202-555-0101'), ('call 202 555 0101'), ('call (202) 555-0101'), ('call +1-202-555-0101')) v (t);
SELECT 'one spelling finds the other: ' ||
	(to_tsvector('english', 'call 202-555-0101') @@ plainto_tsquery('english', '202 555 0101'));
EOF
pg_virtualenv -v 15 sh -c 'touch started; psql -XAtq -f ask.sql > now 2>&1' > log 2>&1
[ -e started ] || exit 77
cat now
diff seen now
