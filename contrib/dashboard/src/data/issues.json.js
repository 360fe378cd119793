import {print} from "./database.js";

await print(`
  SELECT i.account, i.bulk_message AS campaign, i.issue, i.meaning, i.possible_fix AS fix,
         sum(i.delivery_issues)::int AS messages
  FROM period p
  JOIN smsengage.delivery_issue_summary i ON i.send_date >= p.since AND i.send_date < p.until
  GROUP BY 1, 2, 3, 4, 5
  ORDER BY 1, 2, 3, 4, 5`);
