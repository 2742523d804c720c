// Ties together the stream of events, the film, and what is on the page.

import { $, darkness, put } from "./dom.js";
import { Replay } from "./replay.js";
import { renderStage } from "./stage.js";
import { renderDrawer } from "./drawer.js";
import { showResults, nFromUrl } from "./curve.js";
import { openMenu, wireKeys } from "./keys.js";
import { get, leads, post, withMine } from "./server.js";
import { acted, forget, heard, lead, moved, wireFollow } from "./follow.js";
import { change, readAddress, settings } from "./settings.js";
import { heard as said, say } from "./tongue.js";
import { refresh, whatServes, wireStarter } from "./starter.js";
import { save } from "./charts.js";
import { watchMeanwhile } from "./meanwhile.js";
import { triesCsv, triesSvg } from "./tries.js";

// ---- the film, drawn at most once a frame

let state = null, waiting = false;
const replay = new Replay(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(draw);
});

function draw() {
  waiting = false;
  state = replay.state();
  renderStage(state, settings.level, { openMenu: () => openMenu(true), control: whatServes().control });
  renderDrawer(state, settings.level, whatServes());
  $("moment").max = replay.length;
  $("moment").value = replay.at;
  put("clock", say`${replay.at} of ${replay.length} events`);
  put("play", replay.playing ? say("Pause") : say("Play"));
  $("play").setAttribute("aria-pressed", replay.playing);
  moved(replay.shown, settings.tab);
  Object.assign(document.body.dataset, { at: replay.at, length: replay.length, seconds: replay.seconds.toFixed(1), presses: replay.stops().length });
}

// ---- what a person does

function wire() {
  $("level").value = settings.level;
  $("level").onchange = (e) => { change("level", e.target.value); replay.changed(); };
  $("speed").value = settings.speed;
  replay.speed = Number(settings.speed);
  $("speed").onchange = (e) => { change("speed", e.target.value); replay.speed = Number(e.target.value); };
  wireStarter(() => { openMenu(false); acted(); replay.play(); refresh(); });
  $("eve").onclick = async () => {
    const answer = await post("eve", { on: !(state?.eve.on ?? false), budget: Number($("budget").value) });
    put("refused", answer.ok ? "" : said(await answer.text()));
  };
  for (const act of ["first", "last", "back", "forward"]) $(act).onclick = () => { acted(); replay[act](); };
  $("play").onclick = () => {
    acted();
    if (replay.playing) { replay.pause(); replay.changed(); }
    else { if (replay.at >= replay.length) replay.at = 0; replay.play(); }
  };
  $("moment").oninput = (e) => { acted(); replay.seek(Number(e.target.value)); };
  for (const [id, side] of [["steps", "alice"], ["steps-bob", "bob"], ["chips", "alice"]])
    $(id).onclick = (e) => { const row = e.target.closest("li[data-step]"); if (row) { acted(); replay.toStep(row.dataset.step, side); } };
  $("save-svg").onclick = () => save(triesSvg(state, settings.level), "tries.svg", "image/svg+xml");
  $("save-csv").onclick = () => save(triesCsv(state), "tries.csv", "text/csv");
  for (const name of ["live", "curve"]) $(`tab-${name}`).onclick = () => { acted(); showTab(name); };
  wireFollow(({ at, tab }) => { if (tab !== settings.tab) showTab(tab); replay.toEvent(at); }, () => leads() || (whatServes()?.control && !!sessionStorage.getItem("token")));
  wireKeys(() => settings.tab === "live");
  darkness().addEventListener("change", () => replay.changed()); // a canvas keeps the colours that it was painted with
}

function showTab(name) {
  change("tab", name);
  document.body.dataset.tab = name;
  for (const tab of ["live", "curve"]) {
    $(tab).hidden = tab !== name;
    $(`tab-${tab}`).setAttribute("aria-selected", tab === name);
  }
  moved(replay.shown, name);
  if (name === "curve") showResults(whatServes().results, get, (n) => change("n", n));
}

function listen() {
  const source = new EventSource(withMine("events"));
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.event === "lost") return;
    if (event.event === "moment") { heard(event); return; } // of the lecture, not of the film
    if (event.event === "begin") { replay.sorted = []; forget(); refresh(); }
    replay.add(event);
  };
}

readAddress();
nFromUrl(settings.n);
wire();
addEventListener("hashchange", () => location.reload()); // an address that somebody opens in this window
await refresh();
if (whatServes().control) watchMeanwhile("to-play", say("Play"));
if (settings.tab === "curve") lead();
showTab(settings.tab === "curve" ? "curve" : "live");
draw();
listen();
