// Numbers of every region as libphonenumber reads and writes them, for a
// comparison with normalize_recipient() and country_of(): its example numbers
// of each type, and COUNT (200) random valid ones a region, as lines
//
//   region  E.164  country  international form  national form
//
//   npm install --no-save google-libphonenumber@3.2.47 libphonenumber-js@1.13.16
//   node src/text/numbering/compare.mjs node_modules [COUNT [SEED]] > numbers.tsv
//
// A region of three digits is a calling code of no country.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Automaton } from './pattern.mjs';

const modules = resolve(process.argv[2] ?? 'node_modules');
const count = +(process.argv[3] ?? 200);
let seed = +(process.argv[4] ?? 1);
const require = createRequire(join(modules, 'x.js'));
const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType } = require('google-libphonenumber');
const metadata = JSON.parse(readFileSync(join(modules, 'libphonenumber-js', 'metadata.max.json'), 'utf8'));
const util = PhoneNumberUtil.getInstance();
const random = n => Math.floor((seed = (seed * 48271) % 2147483647) / 7) % n;
const tab = String.fromCharCode(9);

function show(region, number)
{
	console.log([region, util.format(number, PhoneNumberFormat.E164), util.getRegionCodeForNumber(number) ?? '',
		util.format(number, PhoneNumberFormat.INTERNATIONAL), util.format(number, PhoneNumberFormat.NATIONAL)].join(tab));
}

// A random text that the pattern has; dead ends are not there.
function draw(automaton, state)
{
	let text = '';
	for (;;)
	{
		const [ends, next] = automaton.states[state];
		const ways = next.map((to, digit) => [to, digit]).filter(([to]) => to);
		if (ends && (ways.length === 0 || random(8) === 0))
			return text;
		const [to, digit] = ways[random(ways.length)];
		text += digit;
		state = to;
	}
}

for (const [region, row] of Object.entries(metadata.countries))
{
	for (const type of Object.values(PhoneNumberType))
	{
		const example = util.getExampleNumberForType(region, type);
		if (example)
			show(region, example);
	}
	const automaton = new Automaton();
	const starts = (row[11] || []).filter(Boolean).map(type => type[0]).filter(Boolean).map(p => automaton.add(p));
	for (let found = 0, tries = 0; found < count && tries < 50 * count && starts.length > 0; tries++)
	{
		const text = `+${row[0]}${draw(automaton, starts[random(starts.length)])}`;
		if (text.length < 8 || text.length > 16)
			continue;
		let number;
		try { number = util.parse(text, 'ZZ'); } catch { continue; }
		if (!util.isValidNumber(number) || util.format(number, PhoneNumberFormat.E164) !== text)
			continue;
		show(region, number);
		found++;
	}
}
