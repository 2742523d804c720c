// "How Alice does it": a session that runs in this page, in a worker, and presses that look into it. What there is to see of
// a task is in a file of its own (how_lpn.js ...), as a list of stops; each press is one, and changes what is seen.

import { $, darkness, element, put } from "./dom.js";
import { heard, say } from "./tongue.js";
import { startHow } from "./how-start.js";
import { TITLES, wordsFor } from "./how_words.js";
import { tiles } from "./how_tiles.js";
import { lpn } from "./how_lpn.js";
import { lweStops } from "./how_lwe.js";
import { ringStops } from "./how_ring.js";

const TASKS = { lpn, ring: ringStops, lwe: lweStops };
const SETS = [[say("LPN: toys"), ["n64", "n128", "n256", "n384", "n512"]], ["LPN", ["n1024", "n2048"]],
  [say("ring, experimental: toys"), ["r509", "r1019", "r1493"]], [say("lwe, experimental: toys"), ["l32", "l48", "l64"]]];
const KEYS = { ArrowLeft: "back", ArrowRight: "forward", PageUp: "back", PageDown: "forward", Home: "first", End: "last", " ": "forward", f: "full" };

const settings = { seed: "42", params: "n256", level: "student", chapter: "", press: "0" };
let run = null, stops = [], at = 0, turn = 0;

// ---- the address: all of it is in the query, so that it can be given away

function readAddress() {
  const given = new URLSearchParams(location.search);
  for (const name of Object.keys(settings)) if (given.get(name)) settings[name] = given.get(name);
  if (!["pupil", "student", "researcher"].includes(settings.level)) settings.level = "student";
  const viewer = given.get("viewer");
  $("to-stage").href = `/${viewer ? `?viewer=${encodeURIComponent(viewer)}` : ""}#scenario=eve-wins&params=${encodeURIComponent(settings.params)}&seed=${encodeURIComponent(settings.seed)}&level=${settings.level}`;
}

function writeAddress() {
  const text = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(settings)) text.set(name, value);
  history.replaceState(null, "", `${location.pathname}?${text}`);
}

// ---- one press

async function show() {
  const mine = ++turn, stop = stops[at];
  settings.chapter = stop.chapter;
  settings.press = String(at - stops.findIndex((s) => s.chapter === stop.chapter));
  writeAddress();
  const found = await stop.draw(run);
  if (mine !== turn) return; // somebody has pressed on
  $("lead").replaceChildren(...(found.lead ?? []));
  $("alice").replaceChildren(...found.alice);
  $("eve").replaceChildren(...found.eve);
  tell(stop.chapter);
  for (const chip of $("chips").querySelectorAll("button")) {
    if (chip.dataset.chapter === stop.chapter) chip.setAttribute("aria-current", "step");
    else chip.removeAttribute("aria-current");
  }
  put("clock", say`press ${at + 1} of ${stops.length}`);
  Object.assign(document.body.dataset, { at, length: stops.length, chapter: stop.chapter, press: settings.press, j: run.j, ready: "true" });
}

function tell(chapter) {
  const words = wordsFor(run.about, chapter, settings.level);
  put("title", words.title);
  put("text", words.text);
  put("question", words.question);
  if ($("answer-text").textContent !== words.answer) $("answer").open = false;
  put("answer-text", words.answer);
}

function go(to) {
  const next = Math.max(0, Math.min(stops.length - 1, to));
  if (next === at) return;
  at = next;
  show();
}

function renderChips() {
  const chapters = [...new Set(stops.map((s) => s.chapter))];
  $("chips").replaceChildren(...chapters.map((chapter) => {
    const button = element("button", { text: TITLES[chapter], data: { chapter } });
    button.type = "button";
    button.onclick = () => go(stops.findIndex((s) => s.chapter === chapter));
    return element("li", { children: [button] });
  }));
}

// ---- the session

function failed(text) {
  put("wrong", heard(text));
  $("waiting").hidden = true;
  document.body.dataset.ready = "failed";
}

async function begin() {
  try {
    const { about, ask, end } = await startHow(settings.seed, settings.params);
    run = { about, ask, end, j: null, guess: 0, redraw: show };
  } catch (e) {
    failed(e.message);
    return;
  }
  put("their-words", run.about.words);
  const own = await TASKS[run.about.task](run);
  stops = [...tiles(run), ...own];
  renderChips();
  const first = stops.findIndex((s) => s.chapter === settings.chapter);
  at = first < 0 ? 0 : Math.min(first + (Number(settings.press) || 0), stops.length - 1);
  for (const id of ["words", "show", "transport"]) $(id).hidden = false;
  $("waiting").hidden = true;
  await show();
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

function wire() {
  for (const [name, sets] of SETS) {
    const group = element("optgroup");
    group.label = name;
    group.append(...sets.map((set) => new Option(set)));
    $("params").append(group);
  }
  $("params").value = settings.params;
  $("seed").value = settings.seed;
  $("level").value = settings.level;
  $("level").onchange = (e) => {
    settings.level = e.target.value;
    writeAddress();
    if (stops.length) tell(stops[at].chapter);
  };
  $("chooser").onsubmit = (e) => {
    e.preventDefault();
    const text = new URLSearchParams(location.search);
    text.set("seed", $("seed").value.trim() || "42");
    text.set("params", $("params").value);
    text.delete("press");
    location.search = text;
  };
  $("first").onclick = () => go(0);
  $("back").onclick = () => go(at - 1);
  $("forward").onclick = () => go(at + 1);
  $("last").onclick = () => go(stops.length - 1);
  $("full").onclick = fullScreen;
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("input, select, textarea") || (e.key === " " && e.target.closest("button, a, summary"))) return;
    const act = KEYS[e.key];
    if (!act || (act !== "full" && !stops.length)) return;
    e.preventDefault();
    $(act).click();
  });
  darkness().addEventListener("change", () => { if (stops.length) show(); });
}

readAddress();
wire();
await begin();
