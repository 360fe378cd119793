// The charts of the page.  Each takes rows and a width and returns an element;
// without rows it says so instead of drawing nothing.
import * as Plot from "@observablehq/plot";

export const colors = {
  delivered: "#3b8a5a",
  expired: "#d9a13b",
  failed: "#c4473a",
  unknown: "#b8bcc2",
  pending: "#6ea4d8",
  people: "#2f6fb0",
  machines: "#b8bcc2"
};

const outcomes = ["delivered", "pending", "unknown", "expired", "failed"];

export function none(text = "Nothing in this selection.") {
  const p = document.createElement("p");
  p.className = "none";
  p.textContent = text;
  return p;
}

function plot(options) {
  // before the first layout there is no width to draw in
  return options.width < 200 ? none("") : Plot.plot({style: {fontSize: 12}, ...options});
}

export function outcomesByDay(daily, width) {
  const rows = daily.flatMap((d) =>
    outcomes.map((outcome) => ({day: new Date(d.day), outcome, messages: d[outcome]}))
  );
  if (!rows.some((d) => d.messages > 0)) return none();
  return plot({
    width,
    height: 260,
    marginLeft: 50,
    x: {label: null},
    y: {label: "Messages a day", grid: true},
    color: {domain: outcomes, range: outcomes.map((d) => colors[d]), legend: true},
    marks: [
      Plot.rectY(rows, {x: "day", y: "messages", fill: "outcome", interval: "day", order: outcomes, tip: true}),
      Plot.ruleY([0])
    ]
  });
}

export function deliveryRate(daily, width) {
  const rows = daily.filter((d) => d.sent > 0).map((d) => ({...d, day: new Date(d.day)}));
  const settled = rows.filter((d) => d.settled > 0);
  if (rows.length === 0) return none();
  return plot({
    width,
    height: 260,
    marginLeft: 50,
    x: {label: null},
    y: {label: "Share of messages sent that day, %", percent: true, grid: true, domain: [0, 100]},
    marks: [
      Plot.areaY(rows, {x: "day", y1: "low", y2: "high", fill: colors.pending, fillOpacity: 0.35, curve: "step"}),
      Plot.lineY(rows, {x: "day", y: "low", stroke: colors.delivered, strokeWidth: 1.5, curve: "step"}),
      Plot.dot(settled, {
        x: "day",
        y: (d) => (d.failed + d.expired) / d.sent,
        r: 2,
        fill: colors.failed
      }),
      Plot.tip(
        rows,
        Plot.pointerX({
          x: "day",
          y: "high",
          title: (d) =>
            `${d.day.toISOString().slice(0, 10)}\nsent ${d.sent}\nconfirmed ${percent(d.low)}\nat most ${percent(d.high)}`
        })
      ),
      Plot.ruleY([0])
    ]
  });
}

const who = {domain: ["people", "machines"], range: [colors.people, colors.machines], legend: true};
const maker = (d) => (d.machine ? "machines" : "people");

// The two charts of clicks stand side by side.
function clickHeight(clicks) {
  return Math.max(240, 80 + 26 * new Set(clicks.map((d) => d.link)).size);
}

export function clicksByLink(clicks, width) {
  if (clicks.length === 0) return none();
  return plot({
    width,
    height: clickHeight(clicks),
    marginLeft: 190,
    marginBottom: 40,
    x: {label: "Clicks", grid: true},
    y: {label: null, tickFormat: (d) => shorten(d, 27)},
    color: who,
    marks: [
      Plot.barX(
        clicks,
        Plot.groupY(
          {x: "sum"},
          {x: "clicks", y: "link", fill: maker, order: ["people", "machines"], sort: {y: "-x"}, tip: true}
        )
      ),
      Plot.ruleX([0])
    ]
  });
}

export function clicksByHour(clicks, zone, width) {
  if (clicks.length === 0) return none();
  return plot({
    width,
    height: clickHeight(clicks),
    marginLeft: 50,
    marginBottom: 40,
    x: {label: `Hour of the day, ${zone}`, domain: Array.from({length: 24}, (_, i) => i)},
    y: {label: "Clicks", grid: true},
    color: who,
    marks: [
      Plot.barY(
        clicks,
        Plot.groupX({y: "sum"}, {y: "clicks", x: "hour", fill: maker, order: ["people", "machines"], tip: true})
      ),
      Plot.ruleY([0])
    ]
  });
}

// Bars of one sum for each value, the longest first.
export function bars(rows, {value, sum, label, width}) {
  if (rows.length === 0) return none();
  return plot({
    width,
    height: 75 + 26 * new Set(rows.map((d) => d[value])).size,
    marginLeft: 150,
    marginRight: 50,
    marginBottom: 40,
    x: {label, grid: true},
    y: {label: null, tickFormat: (d) => shorten(d, 21)},
    marks: [
      Plot.barX(rows, {x: sum, y: value, fill: colors.people, sort: {y: "-x"}}),
      Plot.text(rows, {x: sum, y: value, text: (d) => count(d[sum]), dx: 4, textAnchor: "start"}),
      Plot.ruleX([0])
    ]
  });
}

export function recordsByReason(blocks, width) {
  const rows = totals(blocks, ["description"], ["active", "records"]);
  if (rows.length === 0) return none();
  const states = ["blocks now", "is over, or never blocks"];
  return plot({
    width,
    height: 105 + 26 * rows.length,
    marginLeft: 190,
    marginRight: 50,
    marginBottom: 40,
    x: {label: "Records", grid: true},
    y: {label: null, tickFormat: (d) => shorten(d, 27), domain: rows.sort((a, b) => b.records - a.records).map((d) => d.description)},
    color: {domain: states, range: [colors.failed, colors.unknown], legend: true},
    marks: [
      Plot.barX(rows, {x: "active", y: "description", fill: () => states[0]}),
      Plot.barX(rows, {x1: "active", x2: "records", y: "description", fill: () => states[1]}),
      Plot.text(rows, {x: "records", y: "description", text: (d) => count(d.records), dx: 4, textAnchor: "start"}),
      Plot.ruleX([0])
    ]
  });
}

export function total(rows, column) {
  return rows.reduce((sum, d) => sum + (d[column] ?? 0), 0);
}

// Rows with the same keys become one, with the sums of the columns.
export function totals(rows, keys, columns) {
  const found = new Map();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((d) => row[d]));
    const sum = found.get(key) ?? {...row, ...Object.fromEntries(columns.map((d) => [d, 0]))};
    for (const column of columns) sum[column] += row[column];
    found.set(key, sum);
  }
  return [...found.values()];
}

export function count(number) {
  return number === null || number === undefined ? "–" : number.toLocaleString("en-US");
}

export function percent(rate) {
  return rate === null || rate === undefined ? "–" : `${(100 * rate).toFixed(1)}\u00a0%`;
}

export function seconds(number) {
  return number === null ? "–" : number.toFixed(1);
}

export function shorten(text, length) {
  const bare = String(text).replace(/^https?:\/\//, "");
  return bare.length <= length ? bare : `${bare.slice(0, length - 1)}…`;
}
