// Writes ../numbering_data.c from the public metadata of libphonenumber
// (Apache-2.0), in the form of the npm package libphonenumber-js:
//
//   npm install --no-save libphonenumber-js@VERSION
//   node src/text/numbering/generate.mjs node_modules > src/text/numbering_data.c
//
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Automaton } from './pattern.mjs';

const folder = join(process.argv[2] ?? 'node_modules', 'libphonenumber-js');
const read = name => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const metadata = read('metadata.max.json');
const { version } = read('package.json');
const automaton = new Automaton();

// A region's row of the metadata by name.
function region(country, row)
{
	const [code, exit, pattern, lengths, , trunk, , parsing, transform, , leading, types] = row;
	return { country, code: +code, exit, pattern, lengths, trunk: parsing || trunk, transform, leading,
		types: (types || []).filter(Boolean).map(type => type[0]).filter(Boolean) };
}
const regions = Object.entries(metadata.countries).map(([country, row]) => region(country, row));
const plain = Object.entries(metadata.nonGeographic).map(([, row]) => region('', row));

// What a trunk prefix is written as, where it is more than digits to drop:
// local is a whole number that gets an area code, or loses its first digits.
const special = {
	AR: r => ({ trunk: '0', local: '0?' + r.trunk.slice(r.trunk.indexOf('(?:(') + 3, r.trunk.lastIndexOf(')?')), drop: 255, prefix: '9' }),
	BR: () => ({ trunk: '(?:0|90)(?:1[245]|2[1-35]|31|4[13]|[56]5|99)?' }),
	GA: r => ({ local: r.trunk, drop: 1, prefix: '' }),
	JP: () => ({ trunk: '(?:003768)?0|003768' })
};
function trunkOf(r)
{
	if (special[r.country])
		return special[r.country](r);
	if (!r.transform)
		return { trunk: r.trunk || null };
	const [, local, rest] = r.trunk.match(/^(\(.*?\))\$(?:\|(.*))?$/);
	if (!/^\d+\$1$/.test(r.transform))
		throw new Error(`${r.country}: unknown rule ${r.trunk} -> ${r.transform}`);
	return { trunk: rest || null, local, drop: 0, prefix: r.transform.replace('$1', '') };
}

// Prefixes of the calling codes that several countries share, each with the
// country whose numbers alone begin so; the first country has the others.
function sharedRows(code)
{
	const members = metadata.country_calling_codes[code].map(c => regions.find(r => r.country === c));
	const machines = members.map(r => r.leading ? { leading: true, start: automaton.add(r.leading) }
		: { leading: false, start: automaton.add(...(r.types.length ? r.types : [r.pattern])) });
	const met = -1;				// leading digits that were read whole
	const step = (states, digit) => states.map((state, i) =>
	{
		if (state <= 0)
			return state;
		const next = automaton.states[state][1][digit];
		return machines[i].leading && next > 0 && automaton.states[next][0] ? met : next;
	});
	const known = new Map();
	const outcomes = states =>
	{
		const key = states.join();
		if (!known.has(key))
		{
			const whole = states.findIndex((s, i) => s === met || s > 0 && !machines[i].leading && automaton.states[s][0]);
			const found = new Set(whole >= 0 ? [members[whole].country] : []);
			if (states.some(s => s > 0))
				for (let digit = 0; digit < 10; digit++)
				{
					const next = step(states, digit);
					if (next.some(s => s !== 0))
						outcomes(next).forEach(country => found.add(country));
				}
			known.set(key, found);
		}
		return known.get(key);
	};
	const rows = [];
	const walk = (prefix, states) =>
	{
		const found = outcomes(states);
		if (found.size === 0 || found.size === 1 && found.has(members[0].country))
			return;
		if (found.size === 1)
			rows.push([code + prefix, [...found][0]]);
		else
			for (let digit = 0; digit < 10; digit++)
				walk(prefix + digit, step(states, digit));
	};
	walk('', machines.map(m => m.start));
	return rows;
}

const plans = [];
for (const code of Object.keys(metadata.country_calling_codes))
	for (const country of metadata.country_calling_codes[code])
		plans.push(regions.find(r => r.country === country));
plans.push(...plain);
const order = new Map(plans.map((r, i) => [r, i]));
plans.sort((a, b) => a.code - b.code || order.get(a) - order.get(b));

const lines = plans.map(r =>
{
	const t = trunkOf(r);
	const state = pattern => pattern ? automaton.add(pattern) : 0;
	const lengths = r.lengths.reduce((bits, n) => bits | 1 << n, 0);
	return `	{"${r.country}", ${r.code}, ${state(r.pattern)}, ${state(r.exit)}, ${state(t.trunk)}, ${state(t.local)}, ` +
		`${t.drop ?? 0}, 0x${lengths.toString(16)}, "${t.prefix ?? ''}"}`;
});
// +1 has a table of area codes of its own, with their zones
const shared = Object.entries(metadata.country_calling_codes)
	.filter(([code, members]) => members.length > 1 && code !== '1')
	.flatMap(([code]) => sharedRows(code)).sort((a, b) => a[0] < b[0] ? -1 : 1);

// only what is reached from the plans, numbered anew
const used = new Map([[0, 0]]);
const visit = state =>
{
	if (used.has(state))
		return used.get(state);
	used.set(state, used.size);
	automaton.states[state][1].forEach(visit);
	return used.get(state);
};
const numbered = lines.map(line => line.replace(/^(\t\{"\w*", \d+, )(\d+), (\d+), (\d+), (\d+)/,
	(_, head, ...states) => head + states.slice(0, 4).map(s => visit(+s)).join(', ')));
const states = [...used.keys()].map(s => s === 0 ? new Array(10).fill(0)
	: automaton.states[s][1].map(to => used.get(to) | (to && automaton.states[to][0] ? 0x8000 : 0)));

// Pieces side by side, in lines that are not too long.
function wrap(pieces, width = 118)
{
	const out = [''];
	for (const piece of pieces)
	{
		if (out.at(-1).length + piece.length > width)
			out.push('');
		out[out.length - 1] += (out.at(-1) ? ' ' : '\t') + piece;
	}
	return out.join('\n');
}

console.log(`/*-------------------------------------------------------------------------
 *
 * numbering_data.c
 *	  National numbering plans.  Written by numbering/generate.mjs; not to be
 *	  changed by hand.
 *
 * Source: metadata of libphonenumber (Apache-2.0), as in the npm package
 * libphonenumber-js ${version}.
 *
 *-------------------------------------------------------------------------
 */
#include "text/numbering.h"

const char sms_numbering_version[] = "libphonenumber-js ${version}";

const SmsNumberingPlan sms_numbering_plans[] = {
${numbered.join(',\n')}
};

const size_t sms_n_numbering_plans = sizeof(sms_numbering_plans) / sizeof(sms_numbering_plans[0]);

const SmsSharedPrefix sms_shared_prefixes[] = {
${wrap(shared.map(([prefix, country], i) => `{"${prefix}", "${country}"}` + (i + 1 < shared.length ? ',' : '')))}
};

const size_t sms_n_shared_prefixes = sizeof(sms_shared_prefixes) / sizeof(sms_shared_prefixes[0]);

/* By state and digit: the next state, with the high bit where a number may end */
const uint16_t sms_digit_states[][10] = {
${wrap(states.map((next, i) => `{${next.join(', ')}}` + (i + 1 < states.length ? ',' : '')))}
};`);
