#!/bin/sh
# One column of phone numbers and ids comes out of four CSV readers in four ways.
#
# Expected: RFC 4180 knows text only.  Readers that guess types say so, and leave
#   alone what a number cannot hold, as a leading plus sign, zeros in front or
#   more than 15 digits.
# Happens: with their own options for types, papaparse keeps the plus sign and
#   long ids and drops leading zeros; csv-parse, d3-dsv and xlsx drop the plus
#   sign, the zeros and the last digits of ids.  12E5, a hexadecimal id, is
#   1,200,000 for all four.  In xlsx, which guesses unless told not to, brackets
#   mean a loss: the short code (55501) is -55501, and 1-2-3 is a day of 2003.
# Matters: an opt-out list read by one and a send list read by another have no
#   number in common, while each looks right in itself.
# Seen: papaparse 5.7.1, csv-parse 7.0.3, d3-dsv 3.0.2, xlsx 0.18.5, node 20.20.2,
#   2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
export TZ=UTC
npm install --ignore-scripts --no-audit --no-fund papaparse@5.7.1 \
	csv-parse@7.0.3 d3-dsv@3.0.2 xlsx@0.18.5 > npm.log 2>&1 || exit 77

cat > seen <<'EOF'
cell                 papaparse              csv-parse             d3-dsv                xlsx
+12025550101         "+12025550101"         12025550101           12025550101           12025550101
0012025550101        12025550101            12025550101           12025550101           12025550101
7301234567890123456  "7301234567890123456"  7301234567890124000   7301234567890124000   7301234567890124000
12E5                 1200000                1200000               1200000               1200000
(55501)              "(55501)"              "(55501)"             "(55501)"             -55501
1-2-3                "1-2-3"                "1-2-3"               "1-2-3"               37623
EOF
cat > ask.js <<'EOF'
const cells = ['+12025550101', '0012025550101', '7301234567890123456', '12E5', '(55501)', '1-2-3'];
const text = 'cell\n' + cells.join('\n') + '\n';
const papaparse = require('papaparse').parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data;
const csvParse = require('csv-parse/sync').parse(text, { columns: true, cast: true });
const xlsx = require('xlsx');
const book = xlsx.read(text, { type: 'string' });
const sheet = xlsx.utils.sheet_to_json(book.Sheets[book.SheetNames[0]]);
import('d3-dsv').then(({ csvParse: d3, autoType }) => {
	const typed = d3(text, autoType);
	console.log('cell'.padEnd(20), 'papaparse'.padEnd(22), 'csv-parse'.padEnd(21), 'd3-dsv'.padEnd(21), 'xlsx');
	cells.forEach((cell, i) => console.log(cell.padEnd(20), JSON.stringify(papaparse[i].cell).padEnd(22),
		JSON.stringify(csvParse[i].cell).padEnd(21), JSON.stringify(typed[i].cell).padEnd(21), JSON.stringify(sheet[i].cell)));
});
EOF
node ask.js > now 2> err || tail -n 3 err | cut -c 1-200
cat now
diff seen now
