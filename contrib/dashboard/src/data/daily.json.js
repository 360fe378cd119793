import {print, scope} from "./database.js";

await print(`, ${scope}
  SELECT s.account, to_char(d.day, 'YYYY-MM-DD') AS day,
         d.attempted::int, d.sent::int, d.delivered::int, d.failed::int, d.expired::int,
         d.pending::int, d.unknown::int, d.settled::int,
         d.delivery_rate_low::float8 AS low, d.delivery_rate_high::float8 AS high,
         d.clicks::int, d.human_clicks::int, d.unsubscribes::int, d.replies::int
  FROM period p
  CROSS JOIN scope s
  CROSS JOIN LATERAL smsengage.daily_report(p.zone, p.since, p.until, s.account) d
  ORDER BY s.account NULLS FIRST, d.day`);
