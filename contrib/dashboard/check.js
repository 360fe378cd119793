// Opens the built dashboard in Chromium and compares it with SQL over events
// and messages, without the reports in between.  PG* variables: a role that
// reads everything.  Prints a line a check; ends with failure if one fails.
//
//   node check.js [SCREENSHOT.png]
import {chromium} from "playwright-core";
import pg from "pg";
import {serve, url} from "./serve.js";

let failures = 0;
function check(name, good, found) {
  console.log(`check dashboard: ${name} ... ${good ? "ok" : "FAILED"}`);
  if (!good) {
    console.log(`    ${JSON.stringify(found)}`);
    failures++;
  }
}

const client = new pg.Client();
await client.connect();
async function value(query, ...values) {
  const {rows} = await client.query({text: query, values, rowMode: "array"});
  return Number(rows[0][0]);
}

const classes = {
  sent: "smsengage.status_class(state) <> 'not_sent'",
  delivered: "smsengage.status_class(state) IN ('to_operator', 'delivered', 'seen')",
  failed: "smsengage.status_class(state) IN ('undelivered', 'expired')"
};
const messages = (what, account = null, campaign = null) =>
  value(
    `SELECT count(*) FROM smsengage.message WHERE ${classes[what]}
     AND ($1::text IS NULL OR account = $1) AND ($2::text IS NULL OR bulk_message = $2)`,
    account,
    campaign
  );
const events = (type, account = null) =>
  value(
    "SELECT count(*) FROM smsengage.event WHERE event_type = $1 AND ($2::text IS NULL OR account = $2)",
    type,
    account
  );
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)}\u00a0%`;
const count = (number) => number.toLocaleString("en-US");

const server = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"
  ]
});
const noise = [];
const elsewhere = [];
try {
  const page = await browser.newPage({viewport: {width: 1400, height: 1000}});
  page.setDefaultTimeout(60_000);
  page.on("console", (m) => noise.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => noise.push(`error: ${e.message}`));
  page.on("response", (r) => r.status() >= 400 && noise.push(`${r.status()} ${r.url()}`));
  page.on("request", (r) => {
    if (!r.url().startsWith(url(server)) && !r.url().startsWith("data:")) elsewhere.push(r.url());
  });

  const text = async (id) => (await page.locator(`#${id}`).textContent()).trim();
  const becomes = (id, wanted) =>
    page.waitForFunction(([id, wanted]) => document.getElementById(id)?.textContent.trim() === wanted, [id, wanted]);
  const row = async (table, name) => {
    const cells = page.locator(`#table-${table} tbody tr`, {has: page.getByText(name, {exact: true})}).locator("td");
    return (await cells.allTextContents()).slice(1);
  };
  const select = (nth, label) => page.locator("select").nth(nth).selectOption({label});

  await page.goto(url(server));
  const sent = await messages("sent");
  await becomes("figure-sent", count(sent)).catch(() => {});
  check("messages sent", (await text("figure-sent")) === count(sent), [await text("figure-sent"), sent]);
  const delivered = percent(await messages("delivered"), sent);
  check("share delivered", (await text("figure-delivered")) === delivered, [await text("figure-delivered"), delivered]);
  const failed = percent(await messages("failed"), sent);
  check("share failed", (await text("figure-failed")) === failed, [await text("figure-failed"), failed]);
  // a STOP that a provider hands on as a reply is an opt-out too
  const byKeyword = await value(
    "SELECT count(*) FROM smsengage.event e WHERE event_type = 'REPLY' AND 'STOP' IN (smsengage.keyword_action(message_text, sender_id, event_time, account), smsengage.keyword_action(keyword, sender_id, event_time, account))"
  );
  const unsubscribes = count((await events("UNSUBSCRIBE")) + byKeyword);
  check("opt-outs by keyword are among them", byKeyword > 0, byKeyword);
  check("opt-outs", (await text("figure-unsubscribes")) === unsubscribes, [await text("figure-unsubscribes"), unsubscribes]);
  const clicks = await events("CLICK");
  const byPeople = Number((await text("figure-clicks")).replace(",", ""));
  check("people click less than all, but do", byPeople > 0 && byPeople < clicks, [byPeople, clicks]);
  const all = await page.locator(".card", {has: page.locator("#figure-clicks")}).locator(".detail").textContent();
  check("clicks of all", all.startsWith(`${count(clicks)} `), [all, clicks]);

  const issues = await page.locator("#table-issues tbody tr").count();
  check("issues have a meaning and a fix", issues >= 3, issues);
  const clearance = await row("campaigns", "UK clearance");
  const [some, good] = [await messages("sent", null, "UK clearance"), await messages("delivered", null, "UK clearance")];
  check("campaign with the bad day", clearance[1] === count(some) && clearance[2] === percent(good, some), [clearance, some, good]);
  const loyal = await value(
    `SELECT count(*) FROM (SELECT individual_no FROM smsengage.event
     WHERE event_type = 'CLICK' AND event_time >= now() - interval '1 month' AND event_time < now() AND individual_no <> 0
     GROUP BY 1 HAVING count(*) >= 3) s`
  );
  const segment = await row("segments", "Loyal clickers");
  check("size of a segment", loyal > 0 && segment[1] === count(loyal), [segment, loyal]);
  const blocked = count(await value(
    "SELECT count(DISTINCT recipient) FROM smsengage.block WHERE scope <> 'none' AND blocked_at <= now() AND expires_at > now()"
  ));
  check("numbers blocked", (await text("figure-blocked")) === blocked, [await text("figure-blocked"), blocked]);

  const empty = async () => {
    const found = [];
    for (const card of await page.locator(".card:not(:has(.figure))").all()) {
      const drawn = await card.locator("svg [aria-label=bar] rect, svg [aria-label=rect] rect, svg [aria-label=line] path, tbody tr").count();
      if (drawn === 0) found.push(await card.locator("h2").first().textContent());
    }
    return found;
  };
  await page.waitForTimeout(500);
  const blank = await empty();
  check("no chart or table is empty", blank.length === 0, blank);
  const numbers = (await page.content()).match(/\b(1\d{3}55501\d\d|3363998\d{4}|447700900\d{3})\b/g);
  check("no phone number in the page", numbers === null, numbers);
  if (process.argv[2]) await page.screenshot({path: process.argv[2], fullPage: true});

  await select(0, "europe");
  const europe = await messages("sent", "europe");
  await becomes("figure-sent", count(europe)).catch(() => {});
  check("filter by account: messages sent", (await text("figure-sent")) === count(europe), [await text("figure-sent"), europe]);
  const share = percent(await messages("delivered", "europe"), europe);
  check("filter by account: share delivered", (await text("figure-delivered")) === share, [await text("figure-delivered"), share]);
  await select(1, "UK clearance");
  await becomes("figure-sent", count(some)).catch(() => {});
  check("filter by campaign: messages sent", (await text("figure-sent")) === count(some), [await text("figure-sent"), some]);

  check("nothing is asked of another server", elsewhere.length === 0, elsewhere);
  check("the browser's console is silent", noise.length === 0, noise);
} finally {
  await browser.close();
  await client.end();
  server.close();
}
process.exitCode = failures > 0 ? 1 : 0;
