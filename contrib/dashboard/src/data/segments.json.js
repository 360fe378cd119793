import {print, scope} from "./database.js";

await print(`, ${scope}
  SELECT s.account, d.name, d.description, d.rule::text AS rule,
         smsengage.segment_size(d.rule, now(), s.account)::int AS people
  FROM smsengage.segment_definition d
  CROSS JOIN scope s
  ORDER BY s.account NULLS FIRST, d.name`);
