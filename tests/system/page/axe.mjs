// axe-core, from npm, in a page of whatever browser: contrast, names of controls, and what else it knows.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What it finds that is serious or worse. The page has to have run AXE.
export async function serious(tab) {
  const found = await tab.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations);
  return found.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any?.[0]?.message ?? ""}`).join("; ")}`);
}
