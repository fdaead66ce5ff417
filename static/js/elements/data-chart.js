/* Draws the table inside as bars, stacked bars or lines; the table stays, folded away, for reading and for screen readers. */
import { phrase } from "phrases";
import { draw } from "chart";

class DataChart extends HTMLElement {
  connectedCallback() {
    const table = this.querySelector("table");
    if (!table || this.plot) return;
    this.data = read(table);
    this.plot = Object.assign(document.createElement("div"), { className: "chart-plot" });
    this.plot.setAttribute("aria-hidden", "true");
    const head = Object.assign(document.createElement("div"), { className: "chart-head" });
    head.append(table.caption.textContent, legend(this.data.series));
    const box = Object.assign(document.createElement("div"), { className: "chart-box" });
    box.append(head, this.plot);
    this.prepend(box);
    this.fold();
    // At once: until the observer first speaks, what stands below would stand higher than it stays.
    this.redraw();
    this.watch = new ResizeObserver(() => this.redraw());
    this.watch.observe(this.plot);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }

  fold() {
    const details = document.createElement("details");
    const summary = Object.assign(document.createElement("summary"), { textContent: phrase("numbers") });
    details.append(summary, this.querySelector(".table-box"));
    this.append(details);
  }

  redraw() {
    if (!this.plot.clientWidth || this.plot.clientWidth === this.drawn) return;
    // Bars that lie are as high as they are many, so what was drawn before goes first.
    this.plot.replaceChildren();
    const { clientWidth: width, clientHeight: height } = this.plot;
    this.drawn = width;
    this.plot.replaceChildren(draw(this.data, { kind: this.getAttribute("kind"), unit: this.getAttribute("unit"), width, height }));
  }
}

function read(table) {
  const [, ...series] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => ({
    label: row.cells[0].textContent.trim(),
    values: [...row.cells].slice(1).map((cell) => Number(cell.dataset.value)),
    shown: [...row.cells].slice(1).map((cell) => cell.textContent.trim()),
  }));
  return { series, rows };
}

function legend(names) {
  const list = Object.assign(document.createElement("span"), { className: "chart-legend" });
  if (names.length > 1) {
    list.append(...names.map((name, index) => Object.assign(document.createElement("span"), { className: `series-${index + 1}`, textContent: name })));
  }
  return list;
}

customElements.define("data-chart", DataChart);
