// The way into the room: an address, and its QR code where the server has made one.

import { say } from "./tongue.js";
import { element } from "./wall-tile.js";

const NS = "http://www.w3.org/2000/svg";

// Rows of 0 and 1 as one path, with the quiet zone of four modules that readers need.
function draw(rows) {
  const svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path"), n = rows.length + 8;
  svg.setAttribute("viewBox", `0 0 ${n} ${n}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("a code with the address where phones join"));
  path.setAttribute("d", rows.flatMap((row, y) => [...row].map((c, x) => (c === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join(""));
  svg.append(path);
  return svg;
}

// Beside the first one any other says what it is for.
export function code({ address, qr }, remark) {
  const [host, token] = address.replace(/^http:\/\//, "").split("#"), p = element("p"), box = element("div", remark ? "other" : "way");
  p.append(element("span", "", host), element("span", "", `#${token}`)); // neither part is broken
  if (remark) box.append(element("p", "remark", remark));
  if (qr) box.append(draw(qr));
  box.append(p);
  return box;
}
