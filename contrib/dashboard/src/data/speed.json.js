import {print, scope} from "./database.js";

await print(`, ${scope}
  SELECT s.account, t.value AS provider, t.measured::int, t.p50_seconds::float8 AS p50,
         t.p95_seconds::float8 AS p95, t.within_1_minute::float8 AS minute
  FROM period p
  CROSS JOIN scope s
  CROSS JOIN LATERAL smsengage.time_to_deliver(p.since, p.until, p.zone, s.account, 'provider') t
  WHERE t.measured > 0
  ORDER BY s.account NULLS FIRST, t.value`);
