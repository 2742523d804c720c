// The form that starts a scenario: its choices, and the few words about the set that is chosen.

import { $, put } from "./dom.js";
import { change, settings } from "./settings.js";
import { get, post, withViewer } from "./server.js";
import { titleOf } from "./scenarios.js";
import { heard, say } from "./tongue.js";
import { raise } from "./units.js";

let server = null;

export const whatServes = () => server;

// The scenario's own settings, where the address has none.
function fillFrom(name) {
  const kind = server.scenarios.find((s) => s.name === name);
  if (!kind) return;
  $("params").value = settings.params || kind.params;
  $("budget").value = settings.budget || kind.budget;
  $("seed").value = settings.seed;
  nameScenario();
}

// The session that starts with these, from the inside.
function linkInside() {
  const query = new URLSearchParams({ seed: $("seed").value.trim() || "42", params: $("params").value, level: settings.level });
  for (const id of ["to-how", "how-inside"]) $(id).href = withViewer(`how.html?${query}`);
}

// The title goes with the set that is chosen, and so do a few words about it.
function nameScenario() {
  for (const option of $("scenario").options) {
    const usual = server.scenarios.find((s) => s.name === option.value).params;
    option.textContent = titleOf(option.value, option.selected ? $("params").value : usual);
  }
  const set = server.sets.find((s) => s.name === $("params").value);
  linkInside();
  put("about-set", !set ? "" :
    [set.experimental ? say`${set.task}, experimental: nobody outside has looked at it` : set.task, say`rests on ${raise(heard(set.rests_on))}`, set.toy && say`a toy, broken ${heard(set.toy)}`].filter(Boolean).join("; "));
}

export async function refresh() {
  server = await (await get("state")).json();
  const scenarios = $("scenario");
  scenarios.replaceChildren(...server.scenarios.map((s) => new Option(titleOf(s.name, s.params), s.name)));
  if (server.scenarios.some((s) => s.name === settings.scenario)) scenarios.value = settings.scenario;
  $("starter").hidden = !server.control;
  $("to-wall").hidden = !server.room;
  $("to-wall").href = withViewer("wall.html");
  $("to-play").href = withViewer("play.html");
  $("save-captures").replaceChildren(...server.sources.filter((s) => s.kind === "capture").map((s) => {
    const link = document.createElement("a");
    link.href = withViewer(`save/capture.pcap?source=${s.number ?? s.source}`);
    link.textContent = say`capture of ${s.name}`;
    return link;
  }));
  $("save-run").href = withViewer("save/run.json");
  fillFrom(scenarios.value);
}

// started: called once the programs run.
export function wireStarter(started) {
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
    for (const id of ["params", "budget", "seed"]) change(id, body[id]);
    const answer = await post("scenario", body);
    put("refused", answer.ok ? "" : heard(await answer.text()));
    if (answer.ok) started();
  };
}
