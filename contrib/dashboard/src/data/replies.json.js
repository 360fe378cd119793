import {print} from "./database.js";

await print(`
  SELECT r.account, r.bulk_message AS campaign, r.keyword_group AS keyword, count(*)::int AS replies
  FROM period p
  JOIN smsengage.keyword_reply_report r ON r.reply_date >= p.since AND r.reply_date < p.until
  GROUP BY 1, 2, 3
  ORDER BY 1, 2, 3`);
