import {print, scope} from "./database.js";

await print(`, ${scope}
  SELECT s.account, c.price_currency AS currency, sum(c.cost)::float8 AS cost
  FROM period p
  CROSS JOIN scope s
  CROSS JOIN LATERAL smsengage.cost_report(p.since, p.until, p.zone, s.account) c
  WHERE c.price_currency IS NOT NULL
  GROUP BY 1, 2
  ORDER BY s.account NULLS FIRST, 2`);
