// The phone's page: who joins is an Alice, in a worker. This page shows what she tells, and knows no secret but the chat.

import { knowsModules, startAlice } from "./start.js";
import { play, stopPlaying, ticket } from "./join-play.js";
import { heard, say } from "./tongue.js";

const STEPS = ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"];
const CHAT_LINES = 200;
const $ = (id) => document.getElementById(id);
const ASK_AGAIN_MS = 3000, LET_IN = 423;
const START_TRIES = 3, START_AGAIN_MS = 700;
let alice = null, sets = [], agreed = false, asksAgain = null;

// A number of its own, by which the room knows a phone that comes back (eve/page/door.h).
function ownNumber() {
  const fresh = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");
  try {
    const kept = localStorage.getItem("phone");
    if (/^[0-9a-f]{16}$/.test(kept)) return kept;
    localStorage.setItem("phone", fresh);
  } catch {
    // a browser that keeps nothing: a new phone each time
  }
  return fresh;
}
const phone = ownNumber();

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.textContent = text;
  return e;
}

const token = () => $("token").value.trim().toLowerCase();

// With it goes the focus, or who hears the page would be left with nothing.
function show(section, focus) {
  for (const id of ["join", "session", "over"]) $(id).hidden = id !== section;
  $(focus).focus();
}

// ---- before joining

function describeSet() {
  const set = sets.find((s) => s.name === $("set").value);
  $("about-set").textContent = !set ? "" : set.toy
    ? say`${set.name} is a toy: Eve has the key ${heard(set.toy)}.`
    : set.experimental ? say`${set.name} is not a toy, but experimental: nobody outside has looked at this task.` : say`${set.name} is not a toy.`;
}

function showSets() {
  const select = $("set"), chosen = select.value || "n256";
  select.replaceChildren();
  for (const task of [...new Set(sets.map((s) => s.task))]) {
    const group = document.createElement("optgroup");
    group.label = sets.find((s) => s.task === task).experimental ? say`${task}, experimental` : task;
    for (const s of sets.filter((s) => s.task === task)) group.append(new Option(s.toy ? say`${s.name}, a toy` : s.name, s.name));
    select.append(group);
  }
  select.value = sets.some((s) => s.name === chosen) ? chosen : sets[0]?.name ?? "";
  describeSet();
}

// The sets, once the code is right; with a name and a set, whether these may join. What is wrong is said. The status.
async function ask(wanted = {}) {
  let status = 0;
  if (!token()) return status;
  try {
    const answer = await fetch(`/room?${new URLSearchParams({ token: token(), phone, ...wanted })}`);
    status = answer.status;
    if (!answer.ok) throw new Error(await answer.text());
    sets = (await answer.json()).sets;
    $("wrong").textContent = "";
    showSets();
  } catch (e) {
    $("wrong").textContent = status ? heard(e.message) : say("the room cannot be reached");
  }
  return status;
}

// ---- the session

function markSteps(step) {
  const at = STEPS.indexOf(step);
  [...$("steps").children].forEach((li, i) => {
    li.classList.toggle("done", agreed || (at >= 0 && i < at));
    if (i === at && !agreed) li.setAttribute("aria-current", "step");
    else li.removeAttribute("aria-current");
  });
}

// A bob who passes on what others say has it in brackets, before each line of theirs (bob/conference.h).
const PASSED_ON = /^\(from ([^\s()]+)\) (.*)$/su;

function addLine(side, text) {
  const chat = $("chat"), [, from, said] = (side === "bob" && PASSED_ON.exec(text)) || [];
  const li = element("li", side === "alice" ? "mine" : from ? "passed" : "", side === "alice" ? say("You: ") : from ? say`${from}, through Bob: ` : "Bob: ");
  li.append(element("bdi", "", from ? said : text)); // its letters stay among themselves
  chat.append(li);
  while (chat.children.length > CHAT_LINES) chat.firstChild.remove();
  chat.scrollTop = chat.scrollHeight;
}

function ended(event) {
  stopPlaying();
  alice.terminate();
  alice = null;
  $("state").textContent = say("ended");
  $("why").textContent = event.done ? say("You and Bob have said all.") : heard(event.text) || say("The connection broke.");
  show("over", "over-title");
}

const SHOWN = {
  connected: () => { $("state").textContent = say("connected"); },
  progress(e) {
    if (agreed) return;
    $("state").textContent = say`step ${e.step}`;
    $("sentence").textContent = heard(e.sentence);
    if (e.total) {
      $("progress").max = e.total;
      $("progress").value = e.done;
    } else $("progress").removeAttribute("value");
    markSteps(e.step);
  },
  step: (e) => { if (!agreed) markSteps(e.step); },
  confirmed(e) {
    agreed = true;
    markSteps("");
    $("state").textContent = say("you have a key");
    $("now").hidden = true;
    $("words").textContent = e.words.join(" ");
    $("compare").hidden = false;
    $("compare-title").focus();
  },
  open() { $("talk").hidden = false; },
  chat: (e) => addLine(e.side, e.text),
  peer_end: () => { $("state").textContent = say("Bob says no more"); },
  ended,
};

function join(name) {
  agreed = false;
  $("chat").replaceChildren();
  $("steps").replaceChildren(...STEPS.map((s) => element("li", "", s)));
  for (const id of ["compare", "talk"]) $(id).hidden = true;
  $("now").hidden = false;
  $("sentence").textContent = say("The program is being loaded.");
  $("progress").removeAttribute("value");
  $("state").textContent = say("joining");
  show("session", "session");
  const url = new URL("/alice", location.href);
  url.protocol = "ws:";
  url.searchParams.set("set", $("set").value);
  url.searchParams.set("ticket", ticket);
  url.searchParams.set("phone", phone);
  begin({ do: "join", url: url.href, name, set: $("set").value, token: token() }, START_TRIES);
  play(token());
}

// A network that changes while the phone loads the program breaks that off without a word: then it is loaded again.
function begin(wanted, tries) {
  const worker = alice = startAlice();
  worker.onmessage = ({ data }) => SHOWN[data.event]?.(data);
  worker.onerror = (e) => {
    if (alice !== worker) return;
    const why = !knowsModules() ? say("this browser is too old") : e.message || (tries > 1 ? "" : say("it did not arrive from the machine that serves it"));
    if (why) ended({ text: say`The program could not start: ${why}` });
    else setTimeout(() => { if (alice === worker) begin(wanted, tries - 1); }, START_AGAIN_MS);
  };
  worker.postMessage(wanted);
}

$("join").addEventListener("submit", async (e) => {
  e.preventDefault();
  const name = $("name").value.normalize("NFC").replace(/\s+/gu, " ").trim(); // blanks of any kind, as one
  if (!name) return;
  if (!sets.length) await ask(); // the code has just been typed
  await tryToJoin(name);
});
// Who has to be let in asks again until that is done, or until something else is wanted. The newest wish counts: a button
// that is pressed twice is one session.
let wishes = 0;
async function tryToJoin(name) {
  const wish = ++wishes;
  clearTimeout(asksAgain);
  const status = await ask({ name, set: $("set").value });
  if (wish !== wishes || alice) return;
  if (status === LET_IN) asksAgain = setTimeout(() => tryToJoin(name), ASK_AGAIN_MS);
  else if (!$("wrong").textContent) join(name);
}
for (const what of ["input", "change"]) $("join").addEventListener(what, () => {
  wishes++;
  clearTimeout(asksAgain);
});
$("say").addEventListener("submit", (e) => {
  e.preventDefault();
  const line = $("line").value;
  if (!line || !alice) return;
  alice.postMessage({ do: "say", text: line });
  addLine("alice", line);
  $("line").value = "";
});
$("leave").addEventListener("click", () => {
  if (agreed) alice?.postMessage({ do: "leave" });
  else if (alice) ended({ text: say("You have left.") });
});
$("again").addEventListener("click", () => { $("state").textContent = say("not joined"); show("join", "title"); });
$("set").addEventListener("change", describeSet);
$("token").addEventListener("change", () => ask());

// The code comes behind #, which a browser sends to nobody; it stays there, so that a reload finds it.
$("token").value = location.hash.slice(1); // letters, digits and dashes: nothing of them is encoded
ask();
