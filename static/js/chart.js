/* Draws series of numbers as SVG, with attributes and classes only: bars side by side, stacked bars, or lines. Bars whose names are too long lie down. */
const MARGIN = { top: 12, right: 8, bottom: 26, left: 44 };
const LINE = 14;
const MOST_LINES = 6;
/* More bars than these are days or weeks, of which every few are named. */
const MOST_LYING = 12;
const LYING = { thick: 11, gap: 12, room: 48 };

export function draw({ series, rows }, { kind, unit, width, height }) {
  const top = niceTop(Math.max(1, ...rows.map((row) => (kind === "stack" ? sum(row.values) : Math.max(...row.values)))));
  const step = (width - MARGIN.left - MARGIN.right) / Math.max(1, rows.length);
  const names = kind === "line" ? null : inLines(rows, step);
  if (!names && (kind === "named" || (kind === "bar" && rows.length <= MOST_LYING))) return lying({ series, rows }, { top, width });
  const bottom = MARGIN.bottom + LINE * (names ? Math.max(...names.map((lines) => lines.length)) - 1 : 0);
  const y = (value) => MARGIN.top + (height - MARGIN.top - bottom) * (1 - value / top);
  const x = (index) => MARGIN.left + step * index;
  const picture = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
  picture.append(...grid(top, y, width, unit), ...(names ? beneath(names, x, step, height - bottom) : labels(rows, x, step, height)));
  const place = { series, rows, x, y, step };
  picture.append(...(kind === "line" ? lines(place) : bars(place, kind === "stack")));
  return picture;
}

function grid(top, y, width, unit) {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((part) => {
    const at = Math.round(y(top * part)) + 0.5;
    const number = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" }).format(top * part);
    return [
      make("path", { class: "grid-line", d: `M${MARGIN.left} ${at}H${width - MARGIN.right}` }),
      make("text", { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, unit + number),
    ];
  });
}

/* The names of all bars, each in as many lines as it takes within its step; null where one does not fit. */
function inLines(rows, step) {
  const names = rows.map((row) => wrapped(row.label, step - 6));
  const fits = names.every((lines) => lines.length <= MOST_LINES && lines.every((line) => breadth(line) <= step - 2));
  return names.length && fits ? names : null;
}

function wrapped(label, room) {
  const lines = [""];
  for (const part of label.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*/g) ?? []) {
    if (lines.at(-1) && breadth((lines.at(-1) + part).trimEnd()) > room) lines.push("");
    lines[lines.length - 1] += part;
  }
  return lines.map((line) => line.trimEnd());
}

function breadth(text) {
  return [...text].reduce((size, letter) => size + (letter > "\u2e80" ? 12.5 : 6.6), 0);
}

function beneath(names, x, step, floor) {
  return names.flatMap((lines, index) =>
    lines.map((line, number) => make("text", { class: "bar-name", x: x(index) + step / 2, y: floor + 20 + LINE * number, "text-anchor": "middle" }, line)),
  );
}

/* Each bar under its name, with its number behind it. */
function lying({ series, rows }, { top, width }) {
  const long = (value) => Math.max(1, ((width - LYING.room) * value) / top);
  let at = 0;
  const shapes = rows.flatMap((row, index) => {
    const names = wrapped(row.label, width).map((line) => make("text", { class: "bar-name", x: 0, y: (at += LINE) }, line));
    const found = row.values.flatMap((value, number) => {
      const place = { x: 0, y: at + 4 + (LYING.thick + 1) * number, width: long(value), height: LYING.thick };
      const bar = mark("rect", { class: `mark-bar series-${number + 1}`, rx: 2.5, ...place }, row, number, series);
      return [bar, make("text", { x: place.width + 6, y: place.y + LYING.thick }, row.shown[number])];
    });
    at += (LYING.thick + 1) * row.values.length + (index < rows.length - 1 ? LYING.gap : 8);
    return [...names, ...found];
  });
  const picture = make("svg", { class: "lying", viewBox: `0 0 ${width} ${at}`, width, height: at });
  picture.append(...shapes);
  return picture;
}

function labels(rows, x, step, height) {
  const longest = Math.max(...rows.map((row) => breadth(row.label) + 12));
  const every = Math.max(1, Math.ceil(longest / step));
  return rows.flatMap((row, index) => (index % every ? [] : [make("text", { x: x(index) + step / 2, y: height - 6, "text-anchor": "middle" }, row.label)]));
}

function bars({ series, rows, x, y, step }, isStacked) {
  const room = Math.min(step * 0.7, 64);
  const thick = isStacked ? room : room / series.length;
  return rows.flatMap((row, index) => {
    let below = 0;
    return row.values.map((value, number) => {
      const from = isStacked ? below : 0;
      below += value;
      const left = x(index) + (step - room) / 2 + (isStacked ? 0 : thick * number);
      const size = { x: left, y: y(from + value), width: Math.max(1, thick - (isStacked ? 0 : 2)), height: Math.max(0, y(from) - y(from + value)) };
      return mark("rect", { class: `mark-bar series-${number + 1}`, rx: 2.5, ...size }, row, number, series);
    });
  });
}

function lines({ series, rows, x, y, step }) {
  return series.flatMap((_, number) => {
    const points = rows.map((row, index) => [x(index) + step / 2, y(row.values[number])]);
    const dots = points.map(([cx, cy], index) => mark("circle", { class: `mark-dot series-${number + 1}`, cx, cy, r: points.length > 40 ? 0 : 3.2 }, rows[index], number, series));
    return [make("path", { class: `mark-line series-${number + 1}`, d: `M${points.map((point) => point.join(" ")).join("L")}` }), ...dots];
  });
}

function mark(name, attributes, row, number, series) {
  const shape = make(name, attributes);
  shape.append(make("title", {}, `${row.label} · ${series[number]}: ${row.shown[number]}`));
  return shape;
}

function make(name, attributes, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

function niceTop(value) {
  const scale = 10 ** Math.floor(Math.log10(value));
  return scale * [1, 2, 4, 8, 10].find((step) => step * scale >= value);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
