// How many, never who: the page is a file that anybody may be given.  The rows
// without a code count each number once, whatever the codes it is blocked by.
import {print} from "./database.js";

await print(`
  SELECT b.account, b.code, b.description,
         count(DISTINCT b.mobile_number) FILTER (WHERE b.is_active)::int AS numbers,
         count(*) FILTER (WHERE b.is_active)::int AS active,
         count(*)::int AS records
  FROM smsengage.block_list b
  GROUP BY GROUPING SETS ((), (b.account), (b.account, b.code, b.description))
  ORDER BY 1 NULLS FIRST, 2 NULLS FIRST`);
