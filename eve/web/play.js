// The class plays: a puzzle by hand, a vote on fresh pictures, a guess and the race. This page is the projector's; what is
// played on the phones the server knows, and the page asks it. All settings are in the address, so that it can be given
// away; the token is not one of them.

import { $, put } from "./dom.js";
import { get, post, withViewer } from "./server.js";
import { heard, say, several } from "./tongue.js";
import { GAMES, WORDS } from "./play-words.js";
import { guessView } from "./play-guess.js";
import { handView } from "./play-hand.js";
import { voteView } from "./play-vote.js";

const EVERY_MS = 700, LEVELS = Object.keys(WORDS);
const settings = { game: "hand", level: "student", seed: "", rows: "light", pictures: "5", params: "n384", race: "n64,n128,n256" };
const VIEWS = { hand: handView, vote: voteView, guess: guessView };

// ---- the address

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) sessionStorage.setItem("token", given.get("token"));
  for (const name of Object.keys(settings)) if (given.has(name)) settings[name] = given.get(name);
  if (!GAMES.includes(settings.game)) settings.game = "hand";
  if (!LEVELS.includes(settings.level)) settings.level = "student";
}

const OWN = { hand: ["seed", "rows"], vote: ["pictures"], guess: ["params", "race"] };

function writeAddress() {
  const text = new URLSearchParams(["game", "level", ...OWN[settings.game]].map((name) => [name, settings[name]]).filter(([, v]) => v !== "")).toString();
  history.replaceState(null, "", `${location.pathname}${location.search}#${text}`);
}

function change(name, value) {
  settings[name] = String(value);
  writeAddress();
}

// ---- what the views need

let state = null, view = null, acted = 0;

// Asks the server for a change; what it refuses is said.
async function act(body) {
  acted++;
  const answer = await post("game", body);
  acted++; // also for who has looked meanwhile
  put("wrong", answer.ok ? "" : heard(await answer.text()));
  if (answer.ok) took(await answer.json());
  return answer.ok;
}

const words = () => WORDS[settings.level][settings.game];
const page = { settings, change, act, words, wrong: (text) => put("wrong", heard(text)), state: () => state };

function took(now) {
  state = now;
  put("phones", now.phones === null ? "" : several(now.phones, "{0} phone in the room|{0} phones in the room"));
  $("to-wall").hidden = now.phones === null;
  $("end").hidden = !now.control || !now.phones || now.game === "none";
  document.body.dataset.control = now.control;
  view?.update(now);
}

function tell() {
  put("title", words().title);
  put("tell", words().tell);
  put("ask-text", say`Question: ${words().ask}`);
  put("ask-answer", words().answer);
}

async function show(name) {
  view?.leave?.();
  view = null;
  settings.game = name;
  for (const game of GAMES) $(`tab-${game}`).setAttribute("aria-selected", game === name);
  $("game").setAttribute("aria-labelledby", `tab-${name}`);
  document.body.dataset.game = name;
  $("ask").open = false;
  writeAddress();
  tell();
  const made = await VIEWS[name](page);
  if (settings.game !== name) return;
  view = made;
  $("game").replaceChildren(view.element);
  if (state) view.update(state);
}

// What is older than the newest act is not taken: it would undo on this page what has been done, and the next press would
// do another thing than the one that stands on the button.
async function look() {
  const before = acted;
  try {
    const answer = await get("game");
    if (!answer.ok) throw new Error(await answer.text());
    const now = await answer.json();
    if (before === acted) took(now);
    if (document.body.dataset.lost) put("wrong", "");
    delete document.body.dataset.lost;
  } catch (e) {
    document.body.dataset.lost = "1";
    put("wrong", say`The page cannot be asked: ${heard(e.message)}`);
  }
}

// ---- what a person does

function wire() {
  $("level").value = settings.level;
  $("level").onchange = (e) => {
    change("level", e.target.value);
    tell();
    if (state) view?.update(state, true);
  };
  GAMES.forEach((name, i) => {
    const tab = $(`tab-${name}`);
    tab.onclick = () => show(name);
    tab.onkeydown = (e) => {
      const to = GAMES[i + { ArrowRight: 1, ArrowLeft: -1 }[e.key]];
      if (to) { $(`tab-${to}`).focus(); show(to); }
    };
  });
  $("end").onclick = () => act({ end: true });
  $("to-stage").href = withViewer("/");
  $("to-wall").href = withViewer("wall.html");
  // a presenter's remote presses what comes next; 1 to 8 are the places of s
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("input, select")) return;
    if (e.key === "PageDown") {
      e.preventDefault();
      $("game").querySelector("button.next:not([hidden]):not(:disabled)")?.click();
    } else view?.key?.(e.key);
  });
}

readAddress();
wire();
addEventListener("hashchange", () => { readAddress(); $("level").value = settings.level; show(settings.game); });
await look();
await show(settings.game);
setInterval(look, EVERY_MS);
