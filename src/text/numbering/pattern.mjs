// The patterns of the metadata (digits, classes, groups, bounded counts) as a
// minimal automaton over digits.  All patterns share their states: a state is
// what may still follow, whatever came before.

// One pattern as a tree.  Throws at what no pattern of the metadata has.
export function parse(pattern)
{
	let at = 0;

	function choice()
	{
		const ways = [sequence()];
		while (pattern[at] === '|')
		{
			at++;
			ways.push(sequence());
		}
		return { kind: 'choice', ways };
	}
	function sequence()
	{
		const parts = [];
		while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')')
			parts.push(counted());
		return { kind: 'sequence', parts };
	}
	function counted()
	{
		let part = atom();
		for (;;)
		{
			if (pattern[at] === '?')
			{
				at++;
				part = { kind: 'count', part, min: 0, max: 1 };
			}
			else if (pattern[at] === '{')
			{
				const end = pattern.indexOf('}', at);
				const [min, max] = pattern.slice(at + 1, end).split(',');
				at = end + 1;
				part = { kind: 'count', part, min: +min, max: +(max ?? min) };
			}
			else
				return part;
		}
	}
	function atom()
	{
		const c = pattern[at];
		if (c === '(')
		{
			at += pattern.startsWith('(?:', at) ? 3 : 1;
			const inside = choice();
			if (pattern[at++] !== ')')
				throw new Error(`unbalanced: ${pattern}`);
			return inside;
		}
		if (c === '[')
		{
			const end = pattern.indexOf(']', at);
			const digits = digitsOf(pattern.slice(at + 1, end));
			at = end + 1;
			return { kind: 'digit', digits };
		}
		if (pattern.startsWith('\\d', at))
		{
			at += 2;
			return { kind: 'digit', digits: digitsOf('0-9') };
		}
		if (!/[0-9]/.test(c))
			throw new Error(`unexpected ${c} in ${pattern}`);
		at++;
		return { kind: 'digit', digits: [+c] };
	}

	const tree = choice();
	if (at !== pattern.length)
		throw new Error(`unread: ${pattern.slice(at)} of ${pattern}`);
	return tree;
}

function digitsOf(set)
{
	const digits = [];
	for (const [, from, to] of set.matchAll(/(\d)(?:-(\d))?/g))
		for (let d = +from; d <= +(to ?? from); d++)
			digits.push(d);
	return digits;
}

// States by number: 0 is "no match", others [ends here, next by digit].
export class Automaton
{
	states = [null];
	#known = new Map();

	// The number of the state from which one of these patterns is read.
	add(...patterns)
	{
		const steps = [];			// of the nondeterministic one: { free: [], by: [[digit, to]] }
		const make = () => steps.push({ free: [], by: [] }) - 1;
		const build = (tree, from) =>
		{
			if (tree.kind === 'sequence')
				return tree.parts.reduce((state, part) => build(part, state), from);
			const end = make();
			if (tree.kind === 'choice')
				for (const way of tree.ways)
				{
					const begin = make();
					steps[from].free.push(begin);
					steps[build(way, begin)].free.push(end);
				}
			else if (tree.kind === 'digit')
				for (const digit of tree.digits)
					steps[from].by.push([digit, end]);
			else
				for (let n = 0, state = from; n <= tree.max; n++)
				{
					if (n >= tree.min)
						steps[state].free.push(end);
					if (n < tree.max)
						state = build(tree.part, state);
				}
			return end;
		};
		const begin = make();
		const ends = new Set(patterns.map(p => build(parse(p), begin)));
		const closed = set =>
		{
			for (const state of set)
				steps[state].free.forEach(to => set.add(to));
			return set;
		};
		const seen = new Map();
		const number = set =>
		{
			const key = [...set].sort((a, b) => a - b).join();
			if (set.size === 0)
				return 0;
			if (!seen.has(key))
			{
				const next = Array.from({ length: 10 }, (_, digit) =>
					number(closed(new Set([...set].flatMap(s => steps[s].by.filter(b => b[0] === digit).map(b => b[1]))))));
				seen.set(key, this.#state([...set].some(s => ends.has(s)), next));
			}
			return seen.get(key);
		};
		return number(closed(new Set([begin])));
	}

	#state(ends, next)
	{
		const key = `${ends}:${next}`;
		if (!this.#known.has(key))
			this.#known.set(key, this.states.push([ends, next]) - 1);
		return this.#known.get(key);
	}

	// Every text that is read from a state; for finite prefixes only.
	all(state, text = '')
	{
		const [ends, next] = this.states[state];
		return (ends ? [text] : []).concat(...next.map((to, digit) => to ? this.all(to, text + digit) : []));
	}
}
