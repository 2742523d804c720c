// Numbers as people say them: powers with their exponent raised, long times in words.

import { fixed, language, say, several, texts, written } from "./tongue.js";

const RAISED = { 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3", 4: "\u2074", 5: "\u2075", 6: "\u2076", 7: "\u2077", 8: "\u2078", 9: "\u2079", "-": "\u207b", "+": "\u207a", ".": "\u00b7", n: "\u207f", w: "\u02b7" };
const YEAR = 365.25 * 86400, UNIVERSE = 13.8e9; // the age of the universe, in years

// base to the exponent, 10 if none is given: 10⁷⁸.
export const power = (exponent, base = 10) => `${base}${[...String(exponent)].map((c) => RAISED[c] ?? c).join("")}`;

// What programs write in plain letters, as people write it: 2^-40, n^(-1/2), (w+1) raised, 1/sqrt(n), theta.
const SIGNS = { theta: "\u03b8", Theta: "\u0398", sigma: "\u03c3", eta: "\u03b7" };
export const raise = (text) => text
  .replace(/\b(\w+)\^\(-1\/2\)/g, "1/\u221a$1")
  .replace(/\bsqrt(?: (\w+)|\((\w+)\))/g, (_, one, other) => `\u221a${one ?? other}`)
  .replaceAll("1/\u221a", "1\u2060/\u2060\u221a") // in one line
  .replace(/(?<=[\w)}])\^(?:\(([-+nw\d]+)\)|(-?(?:\d[\d,]*\d|\d|n)))/g, (_, inside, plain) => power((inside ?? plain).replaceAll(",", ""), ""))
  .replace(/\b(?:theta|Theta|sigma|eta)\b/g, (name) => SIGNS[name]);

export const percent = (x, digits = 1) => say`${fixed(100 * x, digits)}%`;

const FEW = 30; // of which percent would say more than is known

// A share of so many: of few, as counts.
export const shareOf = (share, all) => (all < FEW ? say`${Math.round(share * all)} of ${all}` : percent(share));

// A number in at most so many digits; large ones and small ones as a power of ten.
export function number(x, digits = 3) {
  if (x === null || x === undefined) return "\u2013";
  if (Math.abs(x) < 1e6 && (x === 0 || Math.abs(x) >= 1e-3)) return (+x.toPrecision(digits)).toLocaleString(language, { maximumFractionDigits: 10 });
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  return `${written(+mantissa)} \u00b7 ${power(Number(exponent))}`;
}

// A count: exact where it can be written out.
export const count = (n) => (n < 1e7 ? Math.round(n).toLocaleString(language) : number(n));

// Independent tries, of which a learner may make a part only.
export const tries = (n) => (n > 0 && n < 1 ? say("less than 1") : n === null || n === undefined ? number(n) : n < 1e6 ? number(Math.round(n)) : number(n));

const short = (x, digits = 2) => written(+x.toPrecision(digits));

// n of them, and thousands, millions and billions; then powers of ten.
const YEARS = texts("{0} years", "{0} thousand years", "{0} million years", "{0} billion years");
const CORE_YEARS = texts("{0} core-years", "{0} thousand core-years", "{0} million core-years", "{0} billion core-years");

function years(n, forms) {
  const some = (size, form) => several(+(n / size).toPrecision(2), form, short(n / size));
  if (n < 1e4) return some(1, forms[0]);
  for (const i of [3, 2, 1]) {
    const size = 1e3 ** i;
    if (n >= size && n < 1e3 * size && n < UNIVERSE) return some(size, forms[i]);
  }
  if (n < 100 * UNIVERSE) return say`${short(n / UNIVERSE)} times the age of the universe`;
  return say(forms[0], power(Math.round(Math.log10(n))));
}

// cores: the processor cores that work on it at once; with more than one the years are of a core.
export function duration(seconds, cores = 1) {
  if (seconds === null || seconds === undefined || !isFinite(seconds)) return say("unknown");
  if (seconds === 0) return "0 s";
  if (seconds < 1e-3) return `${short(seconds * 1e6)} µs`;
  if (seconds < 1) return `${short(seconds * 1e3, 3)} ms`;
  if (seconds < 120) return `${short(seconds, 3)} s`;
  if (seconds < 7200) return say`${short(seconds / 60)} minutes`;
  if (seconds < 172800) return say`${short(seconds / 3600)} hours`;
  if (seconds < YEAR) return say`${short(seconds / 86400)} days`;
  return years((seconds / YEAR) * cores, cores > 1 ? CORE_YEARS : YEARS);
}

// The same in a few letters, for an axis.
export function brief(seconds) {
  for (const [size, unit] of [[YEAR, say("y")], [86400, say("d")], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"]]) {
    const n = seconds / size;
    if (n >= 0.9995) return `${n < 1e4 ? short(n) : power(Math.round(Math.log10(n)))} ${unit}`;
  }
  return `${short(seconds * 1e9)} ns`;
}

export function bytes(n) {
  if (n === undefined || n === null) return "";
  if (n < 1000) return say`${n} bytes`;
  if (n < 1e6) return say`${short(n / 1e3, 3)} kB`;
  return say`${short(n / 1e6, 3)} MB`;
}
