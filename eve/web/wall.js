// The wall: a tile for each phone of the class, from what GET /class says of it. Asked for what has changed since the
// last answer, so that a hundred tiles cost no more than the few that move.

import { put } from "./dom.js";
import { heard, say } from "./tongue.js";
import { code } from "./wall-code.js";
import { leadRoom, showRoom } from "./wall-room.js";
import { button, drawOne, drawTile, element, whose } from "./wall-tile.js";
import { fit, isWordless, showUsual, wireView } from "./wall-view.js";
import { costs, describeCaptured, inOrder, sums } from "./wall-words.js";

const EVERY_MS = 500, NEWS_KEPT = 20, ONE_MS = 2500;
const $ = (id) => document.getElementById(id);
const given = new URLSearchParams(location.hash.slice(1));
if (given.has("token")) {
  sessionStorage.setItem("token", given.get("token"));
  history.replaceState(null, "", location.pathname + location.search);
}
const token = sessionStorage.getItem("token") ?? "";
const viewer = new URLSearchParams(location.search).get("viewer") ?? token;
if (viewer !== token) for (const [id, path] of [["stage", "/"], ["play", "play.html"]]) $(id).href = `${path}?viewer=${encodeURIComponent(viewer)}`;

const pupils = new Map(); // by number: what is known, and its tile
let clock = 0, joinShown = null, bobTells = false;
let asking = null; // the phone that is to be taken off, or the line that is to be hidden, once that is confirmed
let picked = null, latest = null, latestSince = 0, oneShown = null; // the phone that is shown large: as chosen, or to which something has happened

function showJoin(room) {
  const key = JSON.stringify(room.join.map((j) => j.address)) + room.closed;
  if (key === joinShown) return;
  joinShown = key;
  const codes = $("codes");
  codes.replaceChildren();
  codes.classList.toggle("plain", !room.join.some((j) => j.qr));
  if (room.closed) codes.append(element("p", "", say("The room is closed.")));
  // One code, large: of two, some would take the one that their phone cannot reach. IPv4 is what most have.
  const isIpv4 = ({ address }) => /^http:\/\/[\d.]+[:/]/.test(address), first = room.join.find(isIpv4) ?? room.join[0];
  if (first) codes.append(code(first));
  for (const way of room.join.filter((w) => w !== first)) codes.append(code(way, say("Another address, for a phone that the first does not reach")));
  if (room.loopback && !room.closed) codes.append(element("p", "", say("Phones cannot reach this address: it is one of this machine alone.")));
  $("served").textContent = say`This machine serves the program that runs in your browser, passes every byte on to Bob (${room.bob}), and is Eve's. Your secrets stay in your phone as long as the program is the one that it says it is; that nobody but this machine vouches for. Say nothing here that must stay secret.`;
}

// What can be done to something on a tile, asked there, which holds up nothing else: Escape, or No, is no. key: what is
// asked about, in the whole room; answers: [text, what is posted].
function drawQuestion(p, key, label, question, answers) {
  const box = element("span", `off${asking === key ? " asked" : ""}`);
  box.dataset.key = key;
  const ask = (what) => {
    asking = what;
    showPupil(pupils.get(p.number));
    const boxes = [...(pupils.get(p.number)?.tile.querySelectorAll(".off") ?? [])];
    boxes.find((o) => o.dataset.key === key)?.querySelector("button:last-of-type").focus();
  };
  if (asking !== key) {
    box.append(button("\u00d7", () => ask(key), label));
    return box;
  }
  const act = async (body) => {
    asking = null;
    await change(body);
    $("budget").focus(); // what was there goes, and the focus with it
  };
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.preventDefault();
    ask(null);
  });
  box.append(element("span", "", question), ...answers.map(([text, body]) => button(text, () => act(body))), button(say("No"), () => ask(null)));
  return box;
}

const drawTakeOff = (p) => drawQuestion(p, whose(p), say`Take \u2068${p.name}\u2069 off the wall`, p.state === "ended" ? say("Off the wall?") : say("Out of the room?"),
  [[say("Take off"), { take_off: p.number, joined: p.joined }]]);

// A line goes from all tiles; of who says much, all of them do.
function drawHide(p, { line, side, text, from }) {
  const body = { hide: line, number: p.number, joined: p.joined }, who = side === "alice" || from;
  return drawQuestion(p, `${whose(p)}:${line}`, say`Hide \u2068${text}\u2069`, say("Hide?"),
    [[say("This line"), body], ...(who ? [[say("All of hers"), { ...body, all: true }]] : [])]);
}

// What the eye sees when a tile turns; "" where it is nothing of weight.
function whatHappened(before, p) {
  if (before.state !== p.state && p.state === "ended") return heard(p.ended);
  if (before.state !== p.state && p.state === "open") return say("the chat is open");
  return before.eve !== p.eve && p.eve === "key" ? say("Eve has the key") : "";
}

// For who hears the page.
function tellNews(p, what) {
  const line = element("p", "", `: ${what}`);
  line.prepend(element("bdi", "", p.name));
  $("news").append(line);
  while ($("news").children.length > NEWS_KEPT) $("news").firstChild.remove();
}

// Shown large is who was chosen, or the last to whom something has happened; each for a while, unless Eve has just won.
function showOne() {
  const p = [...pupils.values()].find((q) => whose(q) === (picked ?? latest)) ?? (isWordless() ? [...pupils.values()].at(-1) : undefined);
  const shown = !!p && (picked !== null || isWordless());
  $("one").hidden = !shown;
  const key = shown && JSON.stringify([p, bobTells]);
  if (shown && key !== oneShown) $("one").replaceChildren(...drawOne(p, bobTells));
  oneShown = key;
  for (const q of pupils.values()) q.tile.toggleAttribute("data-large", shown && q === p);
}

function happens(p, weighty) {
  if (!weighty && Date.now() - latestSince < ONE_MS) return;
  latest = whose(p);
  latestSince = Date.now();
}

// Where the focus is in a tile that is drawn anew: what stands there in the new one.
const FOCUS = "button, ul", nameOf = (e) => `${e.closest(".off")?.dataset.key} ${e.textContent.length < 20 && e.textContent}`;

function pick(p) {
  picked = picked === whose(p) ? null : whose(p);
  pupils.forEach((q) => { q.tile.querySelector(".pick").setAttribute("aria-pressed", whose(q) === picked); });
  fit();
}

// Of its chat; and where something is asked about a line before them, that line.
function showLastLines(tile) {
  const chat = tile.querySelector("ul");
  if (!chat) return;
  chat.scrollTop = chat.scrollHeight;
  const asked = chat.querySelector(".off.asked")?.closest("li");
  if (asked) chat.scrollTop += Math.min(0, asked.getBoundingClientRect().top - chat.getBoundingClientRect().top);
}

function showPupil(p) {
  const known = pupils.get(p.number);
  if (p.off) {
    known?.tile.remove();
    pupils.delete(p.number);
    return;
  }
  const tile = drawTile(p, { bobTells, picked: picked === whose(p), pick: () => pick(p), off: token ? drawTakeOff(p) : null, hide: token ? (line) => drawHide(p, line) : null });
  const at = known ? [...known.tile.querySelectorAll(FOCUS)].indexOf(document.activeElement) : -1, was = at >= 0 && nameOf(document.activeElement);
  if (known?.joined === p.joined) {
    const what = whatHappened(known, p), turned = known.eve !== p.eve && p.eve === "key";
    if (what) tellNews(p, what);
    if (what || known.words !== p.words || p.chat.length > known.chat.length) happens(p, turned);
    tile.classList.toggle("turned", turned);
  }
  if (known) known.tile.replaceWith(tile);
  else $("tiles").append(tile);
  showLastLines(tile);
  const all = tile.querySelectorAll(FOCUS);
  if (at >= 0) ([...all].find((e) => nameOf(e) === was) ?? all[Math.min(at, all.length - 1)])?.focus();
  pupils.set(p.number, { ...p, tile });
}

// Who is here stands before who has left. A tile that is moved loses the focus, and its chat its place: both are given back.
function putInOrder() {
  const list = $("tiles"), focused = document.activeElement;
  inOrder([...pupils.values()]).forEach(({ tile }, i) => {
    if (list.children[i] === tile) return;
    list.insertBefore(tile, list.children[i] ?? null);
    showLastLines(tile);
  });
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
}

function showCosts() {
  const all = [...pupils.values()];
  $("costs").replaceChildren(...costs(all).map((cells) => {
    const tr = element("tr");
    for (const texts of cells) {
      const td = element("td");
      if (Array.isArray(texts)) td.append(element("span", "narrow", texts[0]), element("span", "wide", texts[1]));
      else td.append(texts);
      tr.append(td);
    }
    return tr;
  }));
  $("sum").replaceChildren(...sums(all).map(([text, state, eve]) => {
    const kind = element("span", "like", text);
    Object.assign(kind.dataset, { state, eve });
    return kind;
  }));
}

async function look() {
  const query = new URLSearchParams({ since: clock });
  if (viewer) query.set("viewer", viewer);
  const answer = await fetch(`/class?${query}`);
  if (!answer.ok) throw new Error(await answer.text());
  const room = await answer.json();
  clock = room.clock;
  if (room.bob_tells !== bobTells) {
    bobTells = room.bob_tells;
    pupils.forEach(showPupil);
  }
  const heardOnly = say("The words here are those that Eve sees; this machine does not hear Bob's: ask him.");
  const byName = token ? ` ${say("What you hide of what he passes on goes by the names that phones have told him.")}` : "";
  put("whose", bobTells ? "" : heardOnly + byName);
  room.pupils.forEach(showPupil);
  showUsual(pupils.size > 0 || room.closed);
  if (room.pupils.length) {
    putInOrder();
    showCosts();
  }
  if (asking && !document.querySelector(".off.asked")) asking = null; // what was asked about is gone
  if (!asking) fit([...pupils.values()].some((p) => p.state === "joining" || p.state === "agreeing"));
  showJoin(room);
  // apart from what is read aloud when it changes: this does each second
  put("left", room.attacking ? say`Eve is at work: ${room.waiting} wait, ${Math.ceil(room.seconds_left)} s are left.` : "");
  const here = say`${room.now} of at most ${room.most} phones are here; joined so far: ${room.joined}.`;
  const much = token ? describeCaptured(room.captured) : "";
  put("count", `${room.full ? `${here} ${say("The capture is full: nothing more is recorded, and nobody joins.")}` : here}${much && ` ${much}`}`);
  $("all").disabled = room.attacking;
  showRoom(room);
}

async function change(body) {
  const answer = await fetch("/class", { method: "POST", headers: { "X-Parley-Token": token }, body: JSON.stringify(body) });
  $("wrong").textContent = answer.ok ? "" : heard(await answer.text());
}

$("attack").addEventListener("submit", (e) => {
  e.preventDefault();
  change({ attack: Number($("budget").value) });
});
leadRoom(change);
wireView(showOne);

let lost = false;
for (;;) {
  try {
    await look();
    if (lost) $("wrong").textContent = "";
    lost = false;
  } catch (e) {
    lost = true;
    $("wrong").textContent = say`The room cannot be asked: ${heard(e.message)}`;
  }
  await new Promise((r) => setTimeout(r, EVERY_MS));
}
