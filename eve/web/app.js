// Ties together the stream of events, the replay, and what is on the page.

import { Replay } from "./replay.js";
import { renderLive, riskChart } from "./live.js";
import { showResults, nFromUrl } from "./curve.js";
import { LEVELS, titleOf } from "./story.js";
import { save } from "./charts.js";

const $ = (id) => document.getElementById(id);

// ---- settings: all of them in the address, so that it can be given away; the token is not one of them

const settings = { tab: "live", level: "student", scenario: "eve-wins", params: "", seed: "", budget: "", speed: "1", n: "" };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) {
    sessionStorage.setItem("token", given.get("token"));
    given.delete("token");
  }
  for (const name of Object.keys(settings)) if (given.has(name)) settings[name] = given.get(name);
  if (!LEVELS.includes(settings.level)) settings.level = "student";
  writeAddress();
}

function writeAddress() {
  const text = new URLSearchParams(Object.entries(settings).filter(([, v]) => v !== "")).toString();
  history.replaceState(null, "", `${location.pathname}${location.search}#${text}`);
}

function change(name, value) {
  settings[name] = String(value);
  writeAddress();
}

// ---- asking the server

const viewer = new URLSearchParams(location.search).get("viewer");
const withToken = (path, token) => (token ? `${path}${path.includes("?") ? "&" : "?"}viewer=${encodeURIComponent(token)}` : path);
const withViewer = (path) => withToken(path, viewer);
// Not for links, which people give away. In a full house who has the token is served first.
const withMine = (path) => withToken(path, viewer ?? sessionStorage.getItem("token"));

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "X-Parley-Token": sessionStorage.getItem("token") ?? "" }, body: JSON.stringify(body) });
  $("refused").textContent = answer.ok ? "" : await answer.text();
  return answer.ok;
}

// ---- the replay, drawn at most once a frame

let state = null, drawn = false;
const replay = new Replay(() => {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    state = replay.state();
    renderLive(state, settings.level, server);
    $("moment").max = replay.length;
    $("moment").value = replay.at;
    $("clock").textContent = `${replay.at} of ${replay.length} events`;
    $("play").textContent = replay.playing ? "Pause" : "Play";
    $("play").setAttribute("aria-pressed", replay.playing);
    document.body.dataset.at = replay.at;
    document.body.dataset.length = replay.length;
  });
});

let server = null;

function showServer() {
  const scenarios = $("scenario");
  scenarios.replaceChildren(...server.scenarios.map((s) => new Option(titleOf(s.name, s.params), s.name)));
  if (server.scenarios.some((s) => s.name === settings.scenario)) scenarios.value = settings.scenario;
  $("starter").hidden = !server.control;
  $("save-captures").replaceChildren(...server.sources.filter((s) => s.kind === "capture").map((s) => {
    const link = document.createElement("a");
    link.href = withViewer(`save/capture.pcap?source=${s.number ?? s.source}`);
    link.textContent = `capture of ${s.name}`;
    return link;
  }));
  $("save-run").href = withViewer("save/run.json");
  fillFrom(scenarios.value);
}

// The scenario's own settings, where the address has none.
function fillFrom(name) {
  const kind = server.scenarios.find((s) => s.name === name);
  if (!kind) return;
  $("params").value = settings.params || kind.params;
  $("budget").value = settings.budget || kind.budget;
  $("seed").value = settings.seed;
  nameScenario();
}

// The title goes with the set that is chosen, and so do a few words about it.
function nameScenario() {
  const scenarios = $("scenario");
  for (const option of scenarios.options) {
    const usual = server.scenarios.find((s) => s.name === option.value).params;
    option.textContent = titleOf(option.value, option.selected ? $("params").value : usual);
  }
  const set = server.sets.find((s) => s.name === $("params").value);
  $("about-set").textContent = !set ? "" :
    `${set.task}${set.experimental ? ", experimental: nobody outside has looked at it" : ""}; rests on ${set.rests_on}${set.toy ? `; a toy, broken ${set.toy}` : ""}`;
}

async function refresh() {
  server = await (await fetch(withMine("state"))).json();
  showServer();
}

// ---- what a person does

function wire() {
  $("level").value = settings.level;
  $("level").onchange = (e) => { change("level", e.target.value); replay.changed(); };
  $("speed").value = settings.speed;
  replay.speed = Number(settings.speed);
  $("speed").onchange = (e) => { change("speed", e.target.value); replay.speed = Number(e.target.value); };
  $("scenario").onchange = (e) => {
    change("scenario", e.target.value);
    change("params", "");
    change("budget", "");
    fillFrom(e.target.value);
  };
  for (const id of ["params", "budget", "seed"]) $(id).onchange = (e) => { change(id, e.target.value.trim()); nameScenario(); };
  $("starter").onsubmit = async (e) => {
    e.preventDefault();
    const body = { name: $("scenario").value, params: $("params").value, seed: $("seed").value.trim(), budget: Number($("budget").value) };
    change("scenario", body.name);
    change("params", body.params);
    change("budget", body.budget);
    change("seed", body.seed);
    if (await post("scenario", body)) { replay.play(); refresh(); }
  };
  $("eve").onclick = () => post("eve", { on: !(state?.eve.on ?? false), budget: Number($("budget").value) });
  $("first").onclick = () => replay.first();
  $("last").onclick = () => replay.last();
  $("back").onclick = () => replay.back();
  $("forward").onclick = () => replay.forward();
  $("play").onclick = () => {
    if (replay.playing) { replay.pause(); replay.changed(); }
    else { if (replay.at >= replay.length) replay.at = 0; replay.play(); }
  };
  $("moment").oninput = (e) => replay.seek(Number(e.target.value));
  for (const [id, side] of [["steps", "alice"], ["steps-bob", "bob"]])
    $(id).onclick = (e) => { const row = e.target.closest("li[data-step]"); if (row) replay.toStep(row.dataset.step, side); };
  $("save-svg").onclick = () => save(riskChart().svg(), "risk.svg", "image/svg+xml");
  $("save-csv").onclick = () => save(riskChart().csv(), "risk.csv", "text/csv");
  for (const name of ["live", "curve"]) $(`tab-${name}`).onclick = () => showTab(name);
  document.addEventListener("keydown", (e) => {
    if (settings.tab !== "live" || e.target.closest("input, select") || (e.key === " " && e.target.closest("button, a, summary"))) return;
    const act = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" }[e.key];
    if (act) { e.preventDefault(); $(act).click(); }
  });
}

function showTab(name) {
  change("tab", name);
  for (const tab of ["live", "curve"]) {
    $(tab).hidden = tab !== name;
    $(`tab-${tab}`).setAttribute("aria-selected", tab === name);
  }
  if (name === "curve") showResults(server.results, (path) => fetch(withMine(path)), (n) => change("n", n));
}

function listen() {
  const source = new EventSource(withMine("events"));
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.event === "lost") return;
    if (event.event === "begin") { replay.sorted = []; refresh(); }
    replay.add(event);
  };
}

readAddress();
nFromUrl(settings.n);
wire();
await refresh();
showTab(settings.tab === "curve" ? "curve" : "live");
renderLive(replay.state(), settings.level, server);
listen();
