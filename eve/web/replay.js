// A film of events: play, pause, step, seek, at a speed that people can follow. What is shown is a function of the events
// up to a moment; a step goes on to the next moment that looks different (sceneKey), so that each press changes something.

import { sceneKey } from "./scene.js";
import { apply, emptyState, isBeat, sortEvents } from "./state.js";

const STEP_MS = 2400;     // at speed 1, to read what a step is about
const BEAT_MS = 1200;     // between two other moments
const PROGRESS_MS = 40;   // between two reports of a learner; all of them together take no longer than
const PROGRESS_ALL = 12000;

const isReport = (e) => e.event === "learning";

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
    this.scan = null;     // how far the stops are known
  }

  add(event) {
    if (event.event === "hidden") { // these lines are no more to be told; what was seen of them is gone
      const numbers = new Set(event.numbers);
      for (const e of this.events) if (numbers.has(e.id)) e.lines = (e.lines ?? []).map(({ side, bytes }) => ({ side, bytes, text: "", hidden: true }));
      this.scan = null;
      this.changed();
      return;
    }
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
    this.at = (shown ? this.sorted.indexOf(shown) : -1) + 1;
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

  // The moments that look different from the one before, as places behind their event. Scanned on from where the last
  // scan ended, unless something was slipped in before that.
  stops() {
    this.sort();
    let s = this.scan;
    if (!s || s.done > this.sorted.length || s.upTo !== this.sorted[s.done - 1]) s = { state: emptyState(), places: [], key: "", done: 0, reports: 0 };
    for (; s.done < this.sorted.length; s.done++) {
      const e = this.sorted[s.done];
      s.state = apply(s.state, e);
      if (isReport(e)) s.reports++;
      if (!isBeat(e) || isReport(e)) continue;
      const key = sceneKey(s.state);
      if (key !== s.key) s.places.push(s.done + 1);
      s.key = key;
    }
    s.upTo = this.sorted[s.done - 1];
    this.scan = s;
    return s.places;
  }

  seek(at, keepPlaying = false) {
    this.sort();
    this.at = Math.max(0, Math.min(at, this.sorted.length));
    if (!keepPlaying) this.pause();
    this.changed();
  }

  forward() { this.seek(this.stops().find((p) => p > this.at) ?? this.length); }
  back() { this.seek(this.stops().filter((p) => p < this.at).pop() ?? 0); }
  first() { this.seek(0); }
  last() { this.seek(this.length); }
  // side: with somebody in between, whose session.
  toStep(name, side) {
    this.sort();
    const i = this.sorted.findIndex((e) => e.from === "wire" && e.event === "step" && e.step === name && (e.with ?? "alice") === side);
    if (i >= 0) this.seek(i + 1);
  }

  // The number of the event that is shown last; 0 at the beginning.
  get shown() { return this.at ? this.sorted[this.at - 1]?.id ?? 0 : 0; }

  // The moment behind the event of this number; the end where it has not come yet.
  toEvent(id) {
    this.sort();
    const i = this.sorted.findIndex((e) => e.id === id);
    this.seek(id === 0 ? 0 : i < 0 ? this.sorted.length : i + 1);
  }

  play() { this.playing = true; this.schedule(); this.changed(); }
  pause() { this.playing = false; clearTimeout(this.timer); this.timer = null; }

  // Milliseconds at speed 1 before this place is shown; 0 where nothing would look different.
  wait(place, stops) {
    const e = this.sorted[place - 1];
    if (isReport(e)) return Math.min(PROGRESS_MS, PROGRESS_ALL / this.scan.reports);
    if (!stops.has(place)) return 0;
    return e.event === "step" || e.event === "confirmed" || e.event === "unit" ? STEP_MS : BEAT_MS;
  }

  // How long the whole film takes at speed 1, in seconds.
  get seconds() {
    const stops = new Set(this.stops());
    return this.sorted.reduce((sum, _, i) => sum + this.wait(i + 1, stops), 0) / 1000;
  }

  schedule() {
    if (!this.playing || this.timer) return;
    const stops = new Set(this.stops());
    let next = this.at + 1;
    while (next <= this.sorted.length && this.wait(next, stops) === 0) next++;
    if (next > this.sorted.length) { // the rest looks as it does now
      this.at = this.sorted.length;
      this.changed();
      return;
    }
    const event = this.sorted[next - 1];
    this.timer = setTimeout(() => {
      this.timer = null;
      this.sort();
      const place = this.sorted.indexOf(event) + 1;
      if (place > this.at) this.at = place;
      this.changed();
      this.schedule();
    }, this.at === 0 ? 0 : this.wait(next, stops) / this.speed);
  }
}
