// Charts by uPlot on the screen; the same series as SVG and CSV for who wants to keep them.

const DASHES = { solid: [], dashed: [10, 6], dotted: [2, 5] };

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// series: [{label, values, colour (a CSS variable), dash, points, line}], x: numbers; all of one length, null for a gap.
export class Chart {
  constructor(where, { title, xLabel, yLabel, logX = false, logY = false, height = 300, yRange }) {
    Object.assign(this, { where, title, xLabel, yLabel, logX, logY, height, yRange });
    this.plot = null;
    this.shape = "";
    this.x = [];
    this.series = [];
    new ResizeObserver(() => this.resize()).observe(where);
  }

  set(x, series) {
    this.x = x;
    this.series = series;
    const log = (y) => (y === null || y === undefined || !(y > 0) ? null : Math.log10(y)); // uPlot labels no such span
    const data = [x, ...series.map((s) => (this.logY ? s.values.map(log) : s.values))];
    const shape = series.map((s) => s.label + s.dash).join();
    if (this.plot && shape === this.shape) {
      this.plot.setData(data);
      return;
    }
    this.shape = shape;
    this.plot?.destroy();
    const axis = { stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, font: "14px system-ui", labelFont: "bold 15px system-ui" };
    this.plot = new uPlot({
      width: Math.max(260, this.where.clientWidth), height: this.height, title: this.title, legend: { live: false },
      scales: { x: { time: false, ...(this.logX ? { distr: 3, log: 2 } : {}) }, y: { ...(this.yRange ? { range: this.yRange } : {}) } },
      axes: [{ ...axis, label: this.xLabel },
        { ...axis, label: this.yLabel, size: this.logY ? 130 : 80, ...(this.logY ? { values: (u, v) => v.map((y) => this.format?.(10 ** y) ?? `10^${y}`) } : {}) }],
      series: [{ label: this.xLabel }, ...series.map((s) => ({
        label: s.label, stroke: colour(s.colour), width: s.line === false ? 0 : 3, dash: DASHES[s.dash ?? "solid"],
        spanGaps: true, points: { show: !!s.points, size: 10, fill: colour(s.colour) },
      }))],
    }, data, this.where);
  }

  resize() {
    const width = Math.max(260, this.where.clientWidth);
    if (this.plot && Math.abs(this.plot.width - width) > 2) this.plot.setSize({ width, height: this.height });
  }

  csv() {
    const lines = [[this.xLabel, ...this.series.map((s) => s.label)].map((t) => `"${String(t).replaceAll('"', '""')}"`).join(",")];
    this.x.forEach((x, i) => lines.push([x, ...this.series.map((s) => s.values[i] ?? "")].join(",")));
    return lines.join("\n") + "\n";
  }

  svg() {
    const W = 900, H = 480, left = 90, bottom = 60, top = 40, right = 220;
    const t = this.logY ? Math.log10 : (v) => v;
    const ys = this.series.flatMap((s) => s.values).filter((v) => v !== null && isFinite(v) && (!this.logY || v > 0)).map(t);
    const range = this.yRange ?? [Math.min(...ys), Math.max(...ys)];
    const [y0, y1] = [range[0], range[1] === range[0] ? range[0] + 1 : range[1]];
    const u = this.logX ? Math.log2 : (v) => v;
    const x0 = u(Math.min(...this.x)), x1 = Math.max(u(Math.max(...this.x)), x0 + 1e-9);
    const px = (x) => left + ((u(x) - x0) / (x1 - x0)) * (W - left - right);
    const py = (y) => H - bottom - ((t(y) - y0) / (y1 - y0)) * (H - bottom - top);
    const escape = (s) => String(s).replace(/[<&>]/g, (c) => `&#${c.charCodeAt(0)};`);
    const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" font-family="sans-serif" font-size="16">`,
      `<rect width="${W}" height="${H}" fill="#fff"/>`, `<text x="${left}" y="24" font-weight="bold">${escape(this.title ?? "")}</text>`,
      `<path d="M${left} ${top}V${H - bottom}H${W - right}" fill="none" stroke="#000" stroke-width="2"/>`,
      `<text x="${(left + W - right) / 2}" y="${H - 14}" text-anchor="middle">${escape(this.xLabel)}</text>`,
      `<text transform="translate(20 ${(top + H - bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(this.yLabel)}</text>`];
    for (let i = 0; i <= 4; i++) {
      const y = y0 + ((y1 - y0) * i) / 4, at = H - bottom - ((H - bottom - top) * i) / 4;
      out.push(`<text x="${left - 8}" y="${at + 5}" text-anchor="end">${this.logY ? "10^" + y.toFixed(1) : y.toPrecision(3)}</text>`);
      const x = this.logX ? 2 ** (x0 + ((x1 - x0) * i) / 4) : x0 + ((x1 - x0) * i) / 4;
      out.push(`<text x="${px(x)}" y="${H - bottom + 20}" text-anchor="middle">${+x.toPrecision(3)}</text>`);
    }
    this.series.forEach((s, k) => {
      const stroke = colour(s.colour), dash = DASHES[s.dash ?? "solid"].join(" ");
      const points = this.x.map((x, i) => [x, s.values[i]]).filter(([, y]) => y !== null && y !== undefined && isFinite(y) && (!this.logY || y > 0));
      if (s.line !== false) out.push(`<polyline fill="none" stroke="${stroke}" stroke-width="3" stroke-dasharray="${dash}" points="${points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(" ")}"/>`);
      if (s.points) points.forEach(([x, y]) => out.push(`<circle cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="5" fill="${stroke}"/>`));
      const y = top + 24 * k;
      out.push(`<path d="M${W - right + 10} ${y}h40" stroke="${stroke}" stroke-width="3" stroke-dasharray="${dash}"/>`, `<text x="${W - right + 58}" y="${y + 5}" font-size="13">${escape(s.label)}</text>`);
    });
    out.push("</svg>");
    return out.join("\n");
  }
}

export function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
