// What all parts of the page need of the document. Text stays text: nothing here makes markup of it.

export const $ = (id) => document.getElementById(id);

export function element(name, { text, className, children = [], data = {} } = {}) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  e.append(...children);
  Object.assign(e.dataset, data);
  return e;
}

// A button whose press acts and sends no form.
export function button(text, className, act) {
  const e = element("button", { text, className });
  e.type = "button";
  e.onclick = act;
  return e;
}

// An element of an SVG: text and attributes stay what they are, whatever they hold.
export function svg(name, attributes = {}, children = []) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

// Sets the text of an element where it is another: what has not changed is not touched.
export function put(id, text) {
  const e = $(id);
  if (e.textContent !== text) e.textContent = text;
}

export const darkness = () => matchMedia("(prefers-color-scheme: dark)");
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
