// Pictures of bits and what stands around them.

import { colour, element, svg } from "./dom.js";

// The bits of a hex string, the lowest of each byte first.
export function bitsOf(hex, n = hex.length * 4) {
  const bits = new Uint8Array(n);
  for (let i = 0; i < n; i++) bits[i] = (parseInt(hex.substr(2 * (i >> 3), 2), 16) >> (i & 7)) & 1;
  return bits;
}

export const xor = (a, b) => a.map((x, i) => x ^ b[i]);
export const ones = (bits) => bits.reduce((sum, b) => sum + b, 0);

// Columns for n squares: a square, or twice as wide as high; of an odd length as near to a square as it goes.
export function columnsOf(n) {
  if (n % 16) return Math.ceil(Math.sqrt(n));
  let columns = 8;
  while (columns * columns < n) columns += 8;
  while (n % columns) columns += 8;
  return columns;
}

// values[i] chooses a colour, a name of a variable of the style sheet; null is left empty. spoken: for who cannot see it.
// most: pixels of a square at most; between small ones there is no gap.
export function grid(values, colours, spoken, columns = columnsOf(values.length), most = 12) {
  const rows = Math.ceil(values.length / columns), canvas = element("canvas");
  const cell = Math.max(1, Math.min(most, Math.floor(960 / columns))), gap = cell > 5 ? 1 : 0, c = canvas.getContext("2d");
  canvas.width = columns * cell;
  canvas.height = rows * cell;
  const fills = colours.map((name) => name && colour(name));
  for (let i = 0; i < values.length; i++) {
    const fill = fills[values[i]];
    if (!fill) continue;
    c.fillStyle = fill;
    c.fillRect((i % columns) * cell, Math.floor(i / columns) * cell, cell - gap, cell - gap);
  }
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", spoken);
  return canvas;
}

export const noise = (bits, spoken, ink = "--ink") => grid(bits, [null, ink], spoken);

// From -100, white, to 100: how likely each bit is a one.
export function shades(values, spoken) {
  const canvas = element("canvas"), columns = columnsOf(values.length), cell = 12, c = canvas.getContext("2d");
  canvas.width = columns * cell;
  canvas.height = Math.ceil(values.length / columns) * cell;
  c.fillStyle = colour("--ink");
  values.forEach((t, i) => {
    c.globalAlpha = (100 - t) / 200;
    c.fillRect((i % columns) * cell, Math.floor(i / columns) * cell, cell - 1, cell - 1);
  });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", spoken);
  return canvas;
}

export function figure(className, picture, caption, data = {}) {
  const children = [picture, ...(caption ? [element("figcaption", { text: caption })] : [])];
  return element("figure", { className, children, data });
}

export const paragraph = (text, className = "") => element("p", { text, className });

// A share of 1 as a bar, with a mark at a half.
export function meter(share, who, spoken) {
  const drawing = svg("svg", { viewBox: "0 0 200 20", preserveAspectRatio: "none", role: "img", "aria-label": spoken },
    [svg("rect", { x: 0, y: 0, width: 200 * share, height: 20, class: who }), svg("path", { d: "M100 0V20", class: "axis" })]);
  return element("div", { className: "meter", children: [drawing] });
}

export function table(head, rows) {
  const cell = (name) => (text, i) => element(name, { text, className: i ? "number" : "" });
  return element("table", { className: "counts", children: [
    element("thead", { children: [element("tr", { children: head.map(cell("th")) })] }),
    element("tbody", { children: rows.map((row) => element("tr", { children: row.map(cell("td")) })) })] });
}
