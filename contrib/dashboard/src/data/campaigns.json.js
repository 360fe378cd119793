import {print, scope} from "./database.js";

await print(`, ${scope}
  SELECT s.account, c.bulk_message AS campaign,
         c.sent::int, c.delivered::int, c.not_delivered::int, (c.pending + c.unknown)::int AS open,
         c.delivery_rate_low::float8 AS low, c.delivery_rate_high::float8 AS high,
         c.settled_share::float8 AS settled, c.clicks::int, c.human_clicks::int,
         c.human_clickers::int, c.replies::int, c.unsubscribes::int
  FROM period p
  CROSS JOIN scope s
  CROSS JOIN LATERAL smsengage.campaign_report(p.since, p.until, p.zone, s.account) c
  ORDER BY s.account NULLS FIRST, c.sent DESC, c.bulk_message`);
