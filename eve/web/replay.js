// A film of events: play, pause, step, seek, at a speed that people can follow. It knows nothing of what is shown.

import { apply, emptyState, isBeat, sortEvents } from "./state.js";

const BEAT_MS = 900;     // at speed 1, between two beats
const PROGRESS_MS = 60;  // between two reports of a learner

export class Replay {
  constructor(changed) {
    this.changed = changed;
    this.events = [];
    this.sorted = [];
    this.at = 0;          // how many of the sorted events are shown
    this.playing = true;
    this.speed = 1;
    this.timer = null;
    this.dirty = false;
  }

  add(event) {
    if (event.event === "begin") {
      this.events = [];
      this.at = 0;
      this.playing = true;
    }
    this.events.push(event);
    this.dirty = true;
    this.schedule();
  }

  // An event may arrive after others that happened later: what is shown stays, and it is slipped in behind.
  sort() {
    if (!this.dirty) return;
    this.dirty = false;
    const shown = this.sorted.length && this.at ? this.sorted[this.at - 1] : null;
    this.sorted = sortEvents(this.events);
    const where = shown ? this.sorted.indexOf(shown) : -1;
    this.at = where + 1;
  }

  state(at = this.at) {
    let state = emptyState();
    for (const e of this.sorted.slice(0, at)) state = apply(state, e);
    return state;
  }

  get length() {
    this.sort();
    return this.sorted.length;
  }

  // The beats, as places behind them.
  beats() {
    this.sort();
    const places = [];
    this.sorted.forEach((e, i) => { if (isBeat(e) && e.event !== "learning") places.push(i + 1); });
    return places;
  }

  seek(at, keepPlaying = false) {
    this.sort();
    this.at = Math.max(0, Math.min(at, this.sorted.length));
    if (!keepPlaying) this.pause();
    this.changed();
  }

  forward() { this.seek(this.beats().find((p) => p > this.at) ?? this.length); }
  back() { this.seek(this.beats().filter((p) => p < this.at).pop() ?? 0); }
  first() { this.seek(0); }
  last() { this.seek(this.length); }
  // side: with somebody in between, whose session.
  toStep(name, side) {
    this.sort();
    const i = this.sorted.findIndex((e) => e.from === "wire" && e.event === "step" && e.step === name && (e.with ?? "alice") === side);
    if (i >= 0) this.seek(i + 1);
  }

  play() { this.playing = true; this.schedule(); this.changed(); }
  pause() { this.playing = false; clearTimeout(this.timer); this.timer = null; }

  schedule() {
    if (!this.playing || this.timer) return;
    this.sort();
    if (this.at >= this.sorted.length) { this.changed(); return; }
    const next = this.sorted[this.at];
    const wait = !isBeat(next) ? 0 : next.event === "learning" ? PROGRESS_MS : BEAT_MS;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.sort();
      if (this.at < this.sorted.length) this.at++;
      while (this.at < this.sorted.length && !isBeat(this.sorted[this.at])) this.at++;
      this.changed();
      this.schedule();
    }, this.at === 0 ? 0 : wait / this.speed);
  }
}
