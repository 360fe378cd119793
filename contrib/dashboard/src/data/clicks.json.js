import {print} from "./database.js";

await print(`
  SELECT c.account, c.bulk_message AS campaign, coalesce(c.link_name, c.link_url) AS link,
         extract(hour FROM c.event_time AT TIME ZONE p.zone)::int AS hour, c.machine,
         count(*)::int AS clicks
  FROM period p
  JOIN smsengage.click_label c ON (c.event_time AT TIME ZONE p.zone)::date >= p.since
       AND (c.event_time AT TIME ZONE p.zone)::date < p.until
  GROUP BY 1, 2, 3, 4, 5
  ORDER BY 1, 2, 3, 4, 5`);
