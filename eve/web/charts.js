// Charts by uPlot on the screen; the same series as SVG (drawing.js) and CSV for who wants to keep them.

import { colour, darkness } from "./dom.js";
import { DASHES, drawingOf } from "./drawing.js";
import { language } from "./tongue.js";
import { power } from "./units.js";

// series: [{label, values, colour (a CSS variable), dash, points, line}], x: numbers; all of one length, null for a gap.
// height: in pixels, as a function of the window; format: of a value on the y axis; mark: an x at which a line stands; drawn: called with the
// plot after each drawing.
export class Chart {
  constructor(where, { title, xLabel, yLabel, logX = false, logY = false, height, yRange, format, drawn }) {
    Object.assign(this, { where, title, xLabel, yLabel, logX, logY, height, yRange, format, drawn });
    this.plot = null;
    this.shape = "";
    this.x = [];
    this.series = [];
    this.mark = null;
    new ResizeObserver(() => this.resize()).observe(where);
    addEventListener("resize", () => this.resize());
    darkness().addEventListener("change", () => { this.shape = ""; if (this.plot) this.set(this.x, this.series); });
  }

  get narrow() { return this.where.clientWidth < 560; }

  set(x, series) {
    this.x = x;
    this.series = series;
    const log = (y) => (y === null || y === undefined || !(y > 0) ? null : Math.log10(y)); // uPlot labels no such span
    const data = [x, ...series.map((s) => (this.logY ? s.values.map(log) : s.values))];
    const shape = `${this.narrow} ${series.map((s) => s.label + s.dash).join()}`;
    if (this.plot && shape === this.shape) {
      this.plot.setData(data);
      return;
    }
    this.shape = shape;
    this.plot?.destroy();
    const small = this.narrow ? 12 : 14;
    const axis = { stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, font: `${small}px system-ui`, labelFont: `bold ${small}px system-ui` };
    this.plot = new uPlot({
      width: Math.max(260, this.where.clientWidth), height: this.height(), title: this.narrow ? undefined : this.title, legend: { live: false },
      hooks: { draw: [(u) => { this.drawMark(u); this.drawn?.(u); }] },
      scales: { x: { time: false, ...(this.logX ? { distr: 3, log: 2 } : {}) }, y: { ...(this.yRange ? { range: this.yRange } : {}) } },
      axes: [{ ...axis, label: this.xLabel, values: (u, v) => v.map((x) => x?.toLocaleString(language) ?? "") },
        { ...axis, label: this.yLabel, size: this.logY ? (this.narrow ? 62 : 84) : 80, ...(this.logY ? { values: (u, v) => v.map((y) => (Number.isInteger(y) ? this.format?.(10 ** y) ?? power(y) : "")) } : {}) }],
      series: [{ label: this.xLabel }, ...series.map((s) => ({
        label: s.label, stroke: colour(s.colour), width: s.line === false ? 0 : 3, dash: DASHES[s.dash ?? "solid"],
        spanGaps: true, points: { show: !!s.points, size: 10, fill: colour(s.colour) },
      }))],
    }, data, this.where);
    this.markLegend();
  }

  // What was measured is a dot there, as in the chart, and a fit a line of its own dashes.
  markLegend() {
    this.where.querySelectorAll(".u-legend .u-series").forEach((row, i) => {
      const s = this.series[i], marker = row.querySelector(".u-marker");
      if (!s || !marker) return;
      marker.classList.add(s.line === false ? "point" : DASHES[s.dash ?? "solid"].length ? s.dash : "solid");
      marker.style.color = colour(s.colour);
    });
  }

  setMark(x) {
    this.mark = x;
    this.plot?.redraw(false);
  }

  drawMark(u) {
    if (this.mark === null) return;
    const at = u.valToPos(this.mark, "x", true), { top, height } = u.bbox, c = u.ctx;
    c.save();
    c.strokeStyle = colour("--ink");
    c.lineWidth = 2 * devicePixelRatio;
    c.setLineDash([4, 4]);
    c.beginPath();
    c.moveTo(at, top);
    c.lineTo(at, top + height);
    c.stroke();
    c.restore();
  }

  resize() {
    const width = Math.max(260, this.where.clientWidth), height = this.height();
    if (!this.plot || !this.where.clientWidth || (Math.abs(this.plot.width - width) <= 2 && this.plot.height === height)) return;
    this.plot.setSize({ width, height });
    this.set(this.x, this.series); // a narrow one is drawn otherwise
  }

  csv() {
    const lines = [[this.xLabel, ...this.series.map((s) => s.label)].map((t) => `"${String(t).replaceAll('"', '""')}"`).join(",")];
    this.x.forEach((x, i) => lines.push([x, ...this.series.map((s) => s.values[i] ?? "")].join(",")));
    return lines.join("\n") + "\n";
  }

  svg() { return drawingOf(this); }
}

export function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
