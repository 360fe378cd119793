// The question of segments.sql asked of DuckDB: rows from CSV, answers as
// lines "size,what,run,ms,answer".  Arguments: folder of the package, events and
// people as CSV, moment, runs, how many events.
import { createRequire } from 'node:module';

const [folder, events, people, at, runs, size] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(folder + '/')('@duckdb/node-api');
const db = await (await DuckDBInstance.create(':memory:')).connect();

await db.run("SET TimeZone = 'UTC'");
await db.run(`CREATE TABLE event AS SELECT * FROM read_csv('${events}',
	columns = {event_type: 'VARCHAR', event_time: 'TIMESTAMPTZ', individual_no: 'BIGINT', part: 'SMALLINT'})`);
await db.run(`CREATE TABLE individual AS SELECT * FROM read_csv('${people}',
	columns = {individual_no: 'BIGINT', individual_id: 'VARCHAR'})`);
const members = `SELECT individual_no FROM event WHERE event_type = 'CLICK'
	AND event_time >= TIMESTAMPTZ '${at}' - INTERVAL 30 DAYS AND event_time < TIMESTAMPTZ '${at}'
	AND individual_no <> 0 AND (part IS NULL OR part = 0) GROUP BY 1 HAVING count(*) >= 3`;

async function measure(what, query, run, answer) {
	const start = performance.now();
	const result = await db.runAndReadAll(query);
	const ms = performance.now() - start;
	console.log([size, '"' + what + '"', run, ms.toFixed(3), answer(result)].join(','));
}
for (let run = 0; run <= runs; run++) {
	await measure('DuckDB', `SELECT count(*) FROM (${members})`, run, r => r.value(0, 0));
	await measure('DuckDB, ids', `SELECT individual_id FROM (${members}) JOIN individual USING (individual_no)`,
		run, r => r.currentRowCount);
	await measure('DuckDB, numbers', members, run, r => r.currentRowCount);
}
