import {print} from "./database.js";

await print(`
  SELECT to_char(since, 'YYYY-MM-DD') AS since, to_char(until - 1, 'YYYY-MM-DD') AS last,
         zone, to_char(now() AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') AS made
  FROM period`);
