// The wall: a tile for each phone of the class, from what GET /class says of it. Asked for what has changed since the
// last answer, so that a hundred tiles cost no more than the few that move.

import { put } from "./dom.js";
import { heard, say } from "./tongue.js";
import { costs, describeEve, describeState, describeWords, inOrder } from "./wall-words.js";

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
let clock = 0, joinShown = null, closed = false, bobTells = false;
let asking = null; // the phone that is to be taken off, once that is confirmed

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
  svg.setAttribute("aria-label", say("a code with the address where phones join"));
  path.setAttribute("d", rows.flatMap((row, y) => [...row].map((c, x) => (c === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join(""));
  svg.append(path);
  return svg;
}

function drawWay({ address, qr }) {
  const [host, token] = address.replace(/^http:\/\//, "").split("#"), p = element("p");
  p.append(element("span", "", host), element("span", "", `#${token}`)); // neither part is broken
  return qr ? [drawCode(qr), p] : [p];
}

function showJoin(room) {
  const key = JSON.stringify(room.join.map((j) => j.address)) + room.closed;
  if (key === joinShown) return;
  joinShown = key;
  const codes = $("codes"), others = $("more-codes").lastElementChild;
  codes.replaceChildren();
  others.replaceChildren();
  codes.classList.toggle("plain", !room.join.some((j) => j.qr));
  if (room.closed) codes.append(element("p", "", say("The room is closed.")));
  // One code, large: of two, some would take the one that their phone cannot reach. IPv4 is what most have.
  const isIpv4 = ({ address }) => /^http:\/\/[\d.]+[:/]/.test(address), first = room.join.find(isIpv4) ?? room.join[0];
  for (const way of room.join) (way === first ? codes : others).append(...drawWay(way));
  $("more-codes").hidden = room.join.length < 2;
  if (room.loopback && !room.closed) codes.append(element("p", "", say("Phones cannot reach this address: it is one of this machine alone.")));
  $("served").textContent = say`This machine serves the program that runs in your browser, passes every byte on to Bob (${room.bob}), and is Eve's. Your secrets stay in your phone as long as the program is the one that it says it is; that nobody but this machine vouches for. Say nothing here that must stay secret.`;
}

// Whose phone it is, so that nobody else is taken off who has its tile by then.
const whose = (p) => `${p.number}:${p.joined}`;

// A question in the tile itself, which holds up nothing else: Escape, or No, is no.
function drawTakeOff(p) {
  const box = element("span", `off${asking === whose(p) ? " asked" : ""}`);
  const ask = (who) => { asking = who; showPupil(pupils.get(p.number)); pupils.get(p.number).tile.querySelector(".off button:last-of-type").focus(); };
  if (asking !== whose(p)) {
    const button = element("button", "", "\u00d7");
    button.type = "button";
    button.title = say`Take \u2068${p.name}\u2069 off the wall`;
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", () => ask(whose(p)));
    box.append(button);
    return box;
  }
  const yes = element("button", "", say("Take off")), no = element("button", "", say("No"));
  yes.type = no.type = "button";
  yes.addEventListener("click", async () => {
    asking = null;
    await change({ take_off: p.number, joined: p.joined });
    $("budget").focus(); // the tile goes, and the focus with it
  });
  no.addEventListener("click", () => ask(null));
  box.addEventListener("keydown", (e) => { if (e.key === "Escape") ask(null); });
  box.append(element("span", "", p.state === "ended" ? say("Off the wall?") : say("Out of the room?")), yes, no);
  return box;
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
  if (token) name.append(drawTakeOff(p));
  const step = element("div", "step");
  step.append(p.experimental ? say("experimental") : "", element("span", "state", (p.experimental ? "; " : "") + describeState(p)));
  tile.append(name, step);
  for (const [who, words, className] of describeWords(p, bobTells)) {
    const line = element("div", `words ${className}`);
    line.append(element("span", "who", who), words);
    tile.append(line);
  }
  tile.append(element("div", "eve", describeEve(p)));
  if (p.chat.length) {
    const chat = element("ul");
    chat.tabIndex = 0; // it scrolls, by the keyboard too
    chat.setAttribute("aria-label", say`what \u2068${p.name}\u2069 and Bob say, as Eve reads it`);
    for (const line of p.chat) chat.append(drawLine(p, line));
    tile.append(chat);
  }
  return tile;
}

// For who hears the page: what the eye sees when a tile turns.
function tellNews(before, p) {
  const what = before?.state !== p.state && p.state === "ended" ? heard(p.ended) : before?.state !== p.state && p.state === "open" ? say("the chat is open") : before?.eve !== p.eve && p.eve === "key" ? say("Eve has the key") : "";
  if (!before || !what) return;
  const line = element("p", "", `: ${what}`);
  line.prepend(element("bdi", "", p.name));
  $("news").append(line);
  while ($("news").children.length > NEWS_KEPT) $("news").firstChild.remove();
}

// Where the focus is in a tile that is drawn anew: what stands there in the new one.
const FOCUS = "button, ul";

function showPupil(p) {
  const known = pupils.get(p.number);
  if (p.off) {
    known?.tile.remove();
    pupils.delete(p.number);
    return;
  }
  const tile = drawTile(p), at = known ? [...known.tile.querySelectorAll(FOCUS)].indexOf(document.activeElement) : -1;
  if (known?.joined === p.joined) tellNews(known, p);
  if (known) known.tile.replaceWith(tile);
  else $("tiles").append(tile);
  const chat = tile.querySelector("ul");
  if (chat) chat.scrollTop = chat.scrollHeight; // the last lines
  const all = tile.querySelectorAll(FOCUS);
  if (at >= 0) all[Math.min(at, all.length - 1)]?.focus();
  pupils.set(p.number, { ...p, tile });
}

// Who is here stands before who has left. A tile that is moved loses the focus, and its chat its place: both are given back.
function putInOrder() {
  const list = $("tiles"), focused = document.activeElement;
  inOrder([...pupils.values()]).forEach(({ tile }, i) => {
    if (list.children[i] === tile) return;
    list.insertBefore(tile, list.children[i] ?? null);
    const chat = tile.querySelector("ul");
    if (chat) chat.scrollTop = chat.scrollHeight;
  });
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
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
  if (room.bob_tells !== bobTells) {
    bobTells = room.bob_tells;
    pupils.forEach(showPupil);
  }
  put("whose", bobTells ? "" : say("The words here are those that Eve sees; this machine does not hear Bob's: ask him."));
  room.pupils.forEach(showPupil);
  if (room.pupils.length) {
    putInOrder();
    showCosts();
  }
  $("tiles").dataset.many = pupils.size > MANY;
  showJoin(room);
  // apart from what is read aloud when it changes: this does each second
  put("left", room.attacking ? say`Eve is at work: ${room.waiting} wait, ${Math.ceil(room.seconds_left)} s are left.` : "");
  const here = say`${room.now} of at most ${room.most} phones are here; joined so far: ${room.joined}.`;
  put("count", room.full ? `${here} ${say("The capture is full: nothing more is recorded, and nobody joins.")}` : here);
  $("all").disabled = room.attacking;
  closed = room.closed;
  $("close").textContent = closed ? say("Open the room again") : say("Close the room");
}

async function change(body) {
  const answer = await fetch("/class", { method: "POST", headers: { "X-Parley-Token": token }, body: JSON.stringify(body) });
  $("wrong").textContent = answer.ok ? "" : heard(await answer.text());
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
    $("wrong").textContent = say`The room cannot be asked: ${heard(e.message)}`;
  }
  await new Promise((r) => setTimeout(r, EVERY_MS));
}
