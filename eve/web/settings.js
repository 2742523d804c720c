// The page's settings: all of them in the address, so that it can be given away; the token is not one of them.

import { LEVELS } from "./story.js";

export const settings = { tab: "live", level: "student", scenario: "eve-wins", params: "", seed: "", budget: "", speed: "1", n: "" };

export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of ["token", "lead"]) {
    if (given.has(name)) sessionStorage.setItem(name, given.get(name));
    given.delete(name);
  }
  for (const name of Object.keys(settings)) if (given.has(name)) settings[name] = given.get(name);
  if (!LEVELS.includes(settings.level)) settings.level = "student";
  writeAddress();
}

function writeAddress() {
  const text = new URLSearchParams(Object.entries(settings).filter(([, v]) => v !== "")).toString();
  history.replaceState(null, "", `${location.pathname}${location.search}#${text}`);
}

export function change(name, value) {
  settings[name] = String(value);
  writeAddress();
}
