// What all loaders share: the connection, which the PG* variables describe, and
// the period.  Numbers reach the page as numbers: int8 and numeric come from the
// server as text, so queries cast to int and float8, and days to text, as a date
// would move with the zone of this process.
import pg from "pg";

export const zone = process.env.DASHBOARD_ZONE || "UTC";
export const days = Number(process.env.DASHBOARD_DAYS || 91);

// The days of the report end with today, in the zone.
const period = `
  SELECT (now() AT TIME ZONE $1)::date - ($2::int - 1) AS since,
         (now() AT TIME ZONE $1)::date + 1 AS until,
         $1::text AS zone`;

// Rows of a query, in which "period" has the columns since, until and zone.
export async function rows(query, values = []) {
  const client = new pg.Client();
  await client.connect();
  try {
    const text = `WITH period AS (${period}) ${query}`;
    return (await client.query(text, [zone, days, ...values])).rows;
  } finally {
    await client.end();
  }
}

// The same for all accounts together (account null) and for each of them, as
// different people and rates of accounts do not add up.  "scope" has the account.
export const scope = `
  scope AS (
    SELECT NULL::text AS account
    UNION ALL
    SELECT f.value
    FROM period p
    CROSS JOIN LATERAL smsengage_internal.delivery_figures(
      ARRAY[smsengage_internal.day_start(p.since, p.zone), smsengage_internal.day_start(p.until, p.zone)], 'account', NULL, now()) f)`;

export async function print(query, values) {
  process.stdout.write(JSON.stringify(await rows(query, values)));
}
