// The wall: a tile for each phone of the class, from what GET /class says of it. Asked for what has changed since the
// last answer, so that a hundred tiles cost no more than the few that move.

import { put } from "./dom.js";
import { costs, describeEve, describeState } from "./wall-words.js";

const EVERY_MS = 500, NEWS_KEPT = 20, MANY = 12;
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
let clock = 0, joinShown = null, closed = false;

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// Rows of 0 and 1 as one path, with the quiet zone of four modules that readers need.
function drawCode(rows) {
  const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
  const n = rows.length + 8;
  svg.setAttribute("viewBox", `0 0 ${n} ${n}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "a code with the address where phones join");
  path.setAttribute("d", rows.flatMap((row, y) => [...row].map((c, x) => (c === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join(""));
  svg.append(path);
  return svg;
}

function showJoin(room) {
  const key = JSON.stringify(room.join.map((j) => j.address)) + room.closed;
  if (key === joinShown) return;
  joinShown = key;
  const codes = $("codes");
  codes.replaceChildren();
  codes.classList.toggle("plain", !room.join.some((j) => j.qr));
  if (room.closed) codes.append(element("p", "", "The room is closed."));
  for (const { address, qr } of room.join) {
    if (qr) codes.append(drawCode(qr));
    const [host, token] = address.replace(/^http:\/\//, "").split("#"), p = element("p");
    p.append(element("span", "", host), element("span", "", `#${token}`)); // neither part is broken
    codes.append(p);
  }
  if (room.loopback && !room.closed) codes.append(element("p", "", "Phones cannot reach this address: it is one of this machine alone."));
  $("served").textContent = `This machine serves the program that runs in your browser, passes every byte on to Bob (${room.bob}), and is Eve's. Your secrets stay in your phone as long as the program is the one that it says it is; that nobody but this machine vouches for. Say nothing here that must stay secret.`;
}

// Who says it is not only a name, which anybody could have: Bob's lines have his colour, and stand on the right.
function drawLine(p, { side, text, cut }) {
  const li = element("li", side), who = element("b");
  who.append(element("bdi", "", side === "alice" ? p.name : "Bob"), ": ");
  li.append(who, element("bdi", "", text + (cut ? "..." : "")));
  return li;
}

function drawTile(p) {
  const tile = element("li", "tile"), name = element("div", "name");
  tile.dataset.state = p.state;
  tile.dataset.eve = p.eve;
  tile.dataset.number = p.number;
  name.append(element("bdi", "", p.name), element("span", "set", p.set)); // bdi: a name's letters stay among themselves
  const step = element("div", "step");
  step.append(p.experimental ? "experimental" : "", element("span", "state", (p.experimental ? "; " : "") + describeState(p)));
  tile.append(name, step);
  if (p.words) tile.append(element("div", "words", p.words));
  tile.append(element("div", "eve", describeEve(p)));
  if (p.chat.length) {
    const chat = element("ul");
    chat.tabIndex = 0; // it scrolls, by the keyboard too
    chat.setAttribute("aria-label", `what \u2068${p.name}\u2069 and Bob say, as Eve reads it`);
    for (const line of p.chat) chat.append(drawLine(p, line));
    tile.append(chat);
  }
  return tile;
}

// For who hears the page: what the eye sees when a tile turns.
function tellNews(before, p) {
  const what = before?.state !== p.state && p.state === "ended" ? p.ended : before?.state !== p.state && p.state === "open" ? "the chat is open" : before?.eve !== p.eve && p.eve === "key" ? "Eve has the key" : "";
  if (!before || !what) return;
  const line = element("p", "", `: ${what}`);
  line.prepend(element("bdi", "", p.name));
  $("news").append(line);
  while ($("news").children.length > NEWS_KEPT) $("news").firstChild.remove();
}

function showPupil(p) {
  const known = pupils.get(p.number), tile = drawTile(p), focused = known?.tile.contains(document.activeElement);
  tellNews(known, p);
  if (known) known.tile.replaceWith(tile);
  else $("tiles").append(tile);
  const chat = tile.querySelector("ul");
  if (chat) chat.scrollTop = chat.scrollHeight; // the last lines
  if (focused) chat?.focus();
  pupils.set(p.number, { ...p, tile });
}

function showCosts() {
  const body = $("costs");
  body.replaceChildren();
  for (const row of costs([...pupils.values()])) {
    const tr = element("tr");
    for (const text of row) tr.append(element("td", "", text));
    body.append(tr);
  }
}

async function look() {
  const query = new URLSearchParams({ since: clock });
  if (viewer) query.set("viewer", viewer);
  const answer = await fetch(`/class?${query}`);
  if (!answer.ok) throw new Error(await answer.text());
  const room = await answer.json();
  clock = room.clock;
  room.pupils.forEach(showPupil);
  if (room.pupils.length) showCosts();
  $("tiles").dataset.many = pupils.size > MANY;
  showJoin(room);
  // apart from what is read aloud when it changes: this does each second
  put("left", room.attacking ? `Eve is at work: ${room.waiting} wait, ${Math.ceil(room.seconds_left)} s are left.` : "");
  const full = room.full ? " The capture is full: nothing more is recorded, and nobody joins." : "";
  put("count", `${room.now} of at most ${room.most} phones are here; joined so far: ${room.joined}.${full}`);
  $("all").disabled = room.attacking;
  closed = room.closed;
  $("close").textContent = closed ? "Open the room again" : "Close the room";
}

async function change(body) {
  const answer = await fetch("/class", { method: "POST", headers: { "X-Parley-Token": token }, body: JSON.stringify(body) });
  $("wrong").textContent = answer.ok ? "" : await answer.text();
}

$("attack").addEventListener("submit", (e) => {
  e.preventDefault();
  change({ attack: Number($("budget").value) });
});
$("close").addEventListener("click", () => change(closed ? { open: true } : { close: true }));

let lost = false;
for (;;) {
  try {
    await look();
    if (lost) $("wrong").textContent = "";
    lost = false;
  } catch (e) {
    lost = true;
    $("wrong").textContent = `The room cannot be asked: ${e.message}`;
  }
  await new Promise((r) => setTimeout(r, EVERY_MS));
}
