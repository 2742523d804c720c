// In which language a page speaks. The English text itself is the key: what a table lacks stays English. A table is there
// before any other script begins, so the language of a page does not change while it is open.
//
// A page loads this script, which names the page's own with data-page and its tables with data-words.

const NAMES = { en: "English", de: "Deutsch", fr: "Fran\u00e7ais" };
const NO_TEXT = ["at", "from"]; // what in tables of texts is no text

export let language = "en";
const words = new Map(), heardWords = new Map();

const fill = (text, values) => text.replace(/\{(\d)\}/g, (place, i) => (i < values.length ? values[i] : place));

// say("a text") and say`a text with ${numbers}`: the key is "a text with {0}".
export function say(text, ...values) {
  const key = typeof text === "string" ? text : text.reduce((all, part, i) => `${all}{${i - 1}}${part}`);
  return fill(words.get(key) ?? key, values);
}

// The form that n asks for: "one guess|{0} guesses", where {0} is n unless values are given.
export function several(n, forms, ...values) {
  const all = (words.get(forms) ?? forms).split("|");
  return fill(new Intl.PluralRules(language).select(n) === "one" ? all[0] : all.at(-1), values.length ? values : [n]);
}

// A table of texts in this language, and what its functions return where that is a whole text of the table.
export function sayAll(value) {
  if (typeof value === "string") return say(value);
  if (typeof value === "function") return (...values) => sayAll(value(...values));
  if (Array.isArray(value)) return value.map(sayAll);
  if (typeof value !== "object" || !value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, NO_TEXT.includes(name) ? v : sayAll(v)]));
}

const escaped = (text) => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");

// What a program has said, in English: a whole text, or one with some words of its own at {0}.
export function heard(text) {
  const all = (text ?? "").trim(), whole = heardWords.get(all);
  if (whole) return whole;
  for (const [key, own] of heardWords) {
    const places = key.includes("{") && new RegExp(`^${escaped(key).replace(/\{\d\}/g, "(.+)")}$`, "su").exec(all);
    if (places) return fill(own, places.slice(1));
  }
  return all;
}

// Texts that are said later.
export const texts = (...all) => all;

// Numbers as people write them here.
export const written = (x) => x.toLocaleString(language, { maximumFractionDigits: 10, useGrouping: false });
export const fixed = (x, digits) => Number(x.toFixed(digits)).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });

// ---- which language

function chosen() {
  const given = new URLSearchParams(location.search).get("lang");
  let kept = null;
  try {
    if (Object.hasOwn(NAMES, given ?? "")) localStorage.setItem("lang", given);
    kept = localStorage.getItem("lang");
  } catch {
    // a browser that keeps nothing
  }
  const wanted = [given, kept, ...navigator.languages.map((name) => name.split("-")[0])];
  return wanted.find((name) => Object.hasOwn(NAMES, name ?? "")) ?? "en";
}

async function load(name) {
  const answer = await fetch(`${language}-${name}.json`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const table = await answer.json();
  for (const [key, text] of Object.entries(table.words)) words.set(key, text);
  for (const [key, text] of Object.entries(table.heard ?? {})) heardWords.set(key, text);
}

// ---- the page

const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "label"];

// What stands in the page's own file.
function sayPage() {
  document.documentElement.lang = language;
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, [, before, text, after] = /^(\s*)(.*?)(\s*)$/su.exec(node.data);
    const own = words.get(text.replace(/\s+/gu, " "));
    if (own) node.data = before + own + after;
  }
  for (const name of ATTRIBUTES)
    for (const e of document.querySelectorAll(`[${name}]`)) e.setAttribute(name, say(e.getAttribute(name)));
}

// The choice is kept; the page begins anew in the other language.
function offer() {
  const choice = document.getElementById("tongue");
  if (!choice) return;
  choice.replaceChildren(...Object.entries(NAMES).map(([name, text]) => Object.assign(new Option(text, name), { lang: name })));
  choice.value = language;
  choice.onchange = () => {
    const address = new URL(location.href);
    try {
      localStorage.setItem("lang", choice.value);
      address.searchParams.delete("lang");
    } catch {
      address.searchParams.set("lang", choice.value);
    }
    if (address.href === location.href) location.reload();
    else location.replace(address);
  };
}

async function begin({ page, words: names }) {
  language = chosen();
  try {
    if (language !== "en") for (const name of names.split(" ")) await load(name);
  } catch {
    language = "en"; // the page is there all the same
    words.clear();
    heardWords.clear();
  }
  sayPage();
  offer();
  try {
    await import(`./${page}`);
  } catch (e) {
    if (!beginAnew()) throw e;
    return;
  }
  times(() => 0);
}

// A file of the page that is lost, as where a phone finds another network meanwhile, is not asked for again by itself.
const AGAIN_MS = 700, TIMES = 3;

// How often that has happened one after the other, changed; of a browser that keeps nothing, more often than it may.
function times(change) {
  try {
    const now = change(Number(sessionStorage.getItem("lost")));
    sessionStorage.setItem("lost", now);
    return now;
  } catch {
    return TIMES + 1;
  }
}

function beginAnew() {
  const may = times((n) => n + 1) <= TIMES;
  if (may) setTimeout(() => location.reload(), AGAIN_MS);
  return may;
}

const script = globalThis.document?.querySelector("script[data-page]");
if (script) begin(script.dataset);
