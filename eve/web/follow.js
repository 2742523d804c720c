// Viewers follow the lecturer's moment and tab, or look around alone. Who may change what the page shows leads from the
// moment somebody acts there, and follows again once another page leads: a second window on the projector needs nothing.

import { $ } from "./dom.js";
import { post } from "./server.js";
import { say } from "./tongue.js";

const LEAST_MS = 150; // between two moments that are told

const me = [...crypto.getRandomValues(new Uint8Array(4))].map((b) => b.toString(16).padStart(2, "0")).join("");
let show = null, mayLead = () => false;
let leading = false, ahead = false, alone = false, last = null; // the lecturer's newest moment
let timer = null, told = "", now = null;

function render() {
  $("follow").hidden = leading || !last;
  $("follow").setAttribute("aria-pressed", !alone);
  $("follow").textContent = alone ? say("Follow the lecture") : say("Following the lecture");
  document.body.dataset.follows = String(!!last && !leading && !alone);
}

// go: shows a moment and a tab; may: whether this page may lead.
export function wireFollow(go, may) {
  show = go;
  mayLead = may;
  $("follow").onclick = () => {
    alone = !alone;
    render();
    if (!alone) show(last);
  };
  render();
}

// A person has done something here.
export function acted() {
  if (mayLead()) leading = true;
  else if (last) alone = true;
  render();
}

function tell() {
  timer = null;
  const text = JSON.stringify(now);
  if (!leading || text === told) return;
  told = text;
  post("moment", { ...now, who: me }).catch(() => {}).finally(() => { ahead = false; });
}

// This page's address says where the lecture goes on; what comes meanwhile of the moment before does not count.
export function lead() {
  acted();
  ahead = leading;
}

// What is shown here now: the event's number, 0 at the beginning.
export function moved(at, tab) {
  now = { at, tab };
  if (leading && !timer) timer = setTimeout(tell, LEAST_MS);
}

// The lecturer has moved.
export function heard(moment) {
  if (moment.who === me) return;
  last = moment;
  if (ahead) return;
  leading = false;
  render();
  if (!alone) show(last);
}

// A new show begins: there is no moment of it yet.
export function forget() {
  last = null;
  told = "";
  render();
}
