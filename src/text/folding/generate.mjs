// Writes fold_runs.c and fold_sequences.c from the Unicode Character Database,
// as Debian's package unicode-data has it:
//
//   node src/text/folding/generate.mjs /usr/share/unicode src/text
//
// What a character is folded to: its compatibility decomposition and its full
// case folding, again and again until nothing changes; what cannot be seen
// (Default_Ignorable_Code_Point) goes.  Two departures, so that a word in
// Turkish capitals is the one in small letters: dotted and dotless i are one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '/usr/share/unicode';
const target = process.argv[3] ?? 'src/text';
const lines = name => readFileSync(join(folder, name), 'utf8').split('\n')
	.map(line => line.replace(/#.*/, '').trim()).filter(Boolean).map(line => line.split(';').map(s => s.trim()));
const version = readFileSync(join(folder, 'CaseFolding.txt'), 'utf8').match(/^# CaseFolding-([\d.]+)\.txt/)[1];
const hex = text => parseInt(text, 16);

const decomposition = new Map();
const rank = new Map();
for (const [code, , , combining, , parts] of lines('UnicodeData.txt'))
{
	if (parts)
		decomposition.set(hex(code), parts.replace(/<.*> /, '').split(' ').map(hex));
	if (+combining)
		rank.set(hex(code), +combining);
}
const folding = new Map();
for (const [code, status, to] of lines('CaseFolding.txt'))
	if (status === 'C' || status === 'F')
		folding.set(hex(code), to.split(' ').map(hex));
folding.set(0x131, [0x69]);
folding.set(0x130, [0x69]);
decomposition.delete(0x130);
const ignored = new Set();
for (const [range, property] of lines('DerivedCoreProperties.txt'))
	if (property === 'Default_Ignorable_Code_Point')
	{
		const [from, to] = range.split('..').map(hex);
		for (let c = from; c <= (to ?? from); c++)
			ignored.add(c);
	}

// Hangul syllables and ideographs have no case, and one shape on keyboards
const isLeft = c => c >= 0xAC00 && c <= 0xD7A3 || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
const fold = c => ignored.has(c) ? []
	: decomposition.has(c) ? decomposition.get(c).flatMap(fold)
	: folding.has(c) ? folding.get(c).flatMap(to => to === c ? [to] : fold(to)) : [c];

const folded = [];
for (let c = 0x80; c <= 0x1FFFF; c++)
{
	const to = isLeft(c) ? [c] : fold(c);
	if (to.length !== 1 || to[0] !== c)
		folded.push([c, to]);
}
// the block of tags and selectors above
const last = Math.max(...ignored);

// Runs in which each character goes as far as the one before, in steps of one
// or two; the rest by sequence.
const runs = [];
const rest = [];
for (let i = 0; i < folded.length;)
{
	const [c, to] = folded[i];
	let best = 1, bestStep = 1;
	for (const step of [1, 2])
	{
		let n = 1;
		while (to.length === 1 && i + n < folded.length && folded[i + n][0] === c + n * step &&
			folded[i + n][1].length === 1 && folded[i + n][1][0] - folded[i + n][0] === to[0] - c)
			n++;
		if (n > best)
			[best, bestStep] = [n, step];
	}
	let gone = 0;
	while (i + gone < folded.length && folded[i + gone][0] === c + gone && folded[i + gone][1].length === 0)
		gone++;
	if (gone > 0)
	{
		runs.push([c, c + gone - 1, 0, 0]);
		i += gone;
	}
	else if (best > 2 || to.length === 1)
	{
		runs.push([c, c + (best - 1) * bestStep, bestStep, to[0] - c]);
		i += best;
	}
	else
		rest.push(folded[i++]);
}
runs.push([0xE0000, last, 0, 0]);

const pool = [];
const at = new Map();
const entries = rest.map(([c, to]) =>
{
	const key = to.join();
	if (!at.has(key))
	{
		// within what is there already?
		let found = -1;
		for (let i = 0; found < 0 && i + to.length <= pool.length; i++)
			if (to.every((x, k) => pool[i + k] === x))
				found = i;
		at.set(key, found >= 0 ? found : pool.length);
		if (found < 0)
			pool.push(...to);
	}
	return [c, at.get(key), to.length];
});

const marks = [];
for (const [c, r] of [...rank].sort((a, b) => a[0] - b[0]))
	if (marks.length && marks.at(-1)[1] === c - 1 && marks.at(-1)[2] === r)
		marks.at(-1)[1] = c;
	else
		marks.push([c, c, r]);

function wrap(pieces, width = 118)
{
	const out = [''];
	pieces.forEach((piece, i) =>
	{
		piece += i + 1 < pieces.length ? ',' : '';
		if (out.at(-1).length + piece.length > width)
			out.push('');
		out[out.length - 1] += (out.at(-1) ? ' ' : '\t') + piece;
	});
	return out.join('\n');
}
const code = c => '0x' + c.toString(16).toUpperCase();
const row = (...values) => `{${values.join(', ')}}`;

const head = (file, what) => `/*-------------------------------------------------------------------------
 *
 * ${file}
 *	  ${what}  Written by folding/generate.mjs; not to be changed by hand.
 *
 * Source: Unicode Character Database ${version}.
 *
 *-------------------------------------------------------------------------
 */
#include "text/fold.h"
`;

writeFileSync(join(target, 'fold_runs.c'), `${head('fold_runs.c', 'Characters that are folded alike in runs, and marks.')}
const SmsFoldRun sms_fold_runs[] = {
${wrap(runs.map(([from, to, step, by]) => row(code(from), code(to), step, by)))}
};

const size_t sms_n_fold_runs = sizeof(sms_fold_runs) / sizeof(sms_fold_runs[0]);

const SmsFoldMark sms_fold_marks[] = {
${wrap(marks.map(([from, to, r]) => row(code(from), code(to), r)))}
};

const size_t sms_n_fold_marks = sizeof(sms_fold_marks) / sizeof(sms_fold_marks[0]);
`);
writeFileSync(join(target, 'fold_sequences.c'), `${head('fold_sequences.c', 'Characters that are folded to several.')}
const SmsFoldSequence sms_fold_sequences[] = {
${wrap(entries.map(([c, from, n]) => row(code(c), from, n)))}
};

const size_t sms_n_fold_sequences = sizeof(sms_fold_sequences) / sizeof(sms_fold_sequences[0]);

const uint32_t sms_fold_characters[] = {
${wrap(pool.map(code))}
};
`);
