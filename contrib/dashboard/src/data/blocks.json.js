// How many, never who: the page is a file that anybody may be given.
import {print} from "./database.js";

await print(`
  SELECT b.account, b.code, b.description,
         count(DISTINCT b.mobile_number) FILTER (WHERE b.is_active)::int AS numbers,
         count(*) FILTER (WHERE b.is_active)::int AS active,
         count(*)::int AS records
  FROM smsengage.block_list b
  GROUP BY 1, 2, 3
  ORDER BY 1, 2`);
