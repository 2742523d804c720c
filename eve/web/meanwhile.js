// What runs beside the lesson, told on the stage by the link that leads there.

import { put } from "./dom.js";
import { get } from "./server.js";
import { say } from "./tongue.js";

const EVERY_MS = 4000;

// A race that has ended is told as that: how it ended may still be guessed.
export const meanwhile = (races) => races.map(({ params, state }) => (state === "over" ? say`${params} has ended` : say`${params} runs`)).join(", ");

export function watchMeanwhile(id, usual) {
  const look = async () => {
    try {
      const answer = await get("game"), told = answer.ok ? meanwhile((await answer.json()).races) : "";
      put(id, told ? `${usual}: ${told}` : usual);
    } catch { /* that the server is away the events tell */ }
  };
  look();
  setInterval(look, EVERY_MS);
}
