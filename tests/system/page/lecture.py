"""A class and its lecturer, with phones that are no browsers: what she hides, whom she takes off and lets in again, and what
happens when she closes the room and opens it again."""

import json
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))

import parley  # noqa: E402
from eve import eve  # noqa: E402
from parley import check, equal, path, run, start_alice, start_bob, wait_until  # noqa: E402
from phone import Phone, Refused, Room, Tunnel  # noqa: E402


def conference(*options):
    """A bob who passes on what each says, and a room that hears what he tells of it."""
    bob = start_bob("--params", "n64,r509,n128", "--conference", stdin="pipe")
    return bob, Room(bob.address, *options, bob.events_path)


def joins(room, name, called=None, **options):
    alice = start_alice(Tunnel(room, name, "n64", **options).address, "--params", "n64", "--name", called or name, stdin="pipe")
    alice.event("open")
    room.until(name, "the words", lambda p: p["words"])
    return alice


def say(alice, text):
    alice.stdin.write(text.encode() + b"\n")
    alice.stdin.flush()


def lines(room, name):
    return [(line["side"], line.get("from"), line["text"]) for line in room.pupil(name)["chat"]]


def until_line(room, name, text):
    return room.until(name, "the line " + text, lambda p: text in [line["text"] for line in p["chat"]])


def fallen(*names, options=(), called=()):
    """A conference of these, with Eve in it."""
    bob, room = conference(*options)
    alices = {name: joins(room, name, dict(called).get(name), number="%016x" % i) for i, name in enumerate(names, 1)}
    room.post({"attack": 60})
    for name in names:
        room.until(name, "the key", lambda p: p["eve"] == "key", 120)
    return bob, room, alices


def tile(room, name):
    pupil = room.pupil(name)
    return {"number": pupil["number"], "joined": pupil["joined"]}


def a_line_is_hidden():
    """A line goes from all tiles, and comes back with none who says it again; all of somebody's; and shown again, all is
    there."""
    bob, room, alices = fallen("Ada", "Ben", "Cleo")
    say(alices["Ada"], "Something RUDE")
    say(alices["Ada"], "something kind")
    bob.stdin.write(b"Good morning.\n")
    bob.stdin.flush()
    for name in alices:
        for text in ("Something RUDE", "something kind", "Good morning."):
            until_line(room, name, text)
    equal(sorted(lines(room, "Ben"), key=str), sorted([("bob", "Ada", "Something RUDE"), ("bob", "Ada", "something kind"), ("bob", None, "Good morning.")], key=str),
          "who says what, at Ben's")
    rude = next(line["line"] for line in room.pupil("Ben")["chat"] if "RUDE" in line["text"])
    for body, status in (({"hide": rude}, 400), ({"hide": "1", **tile(room, "Ben")}, 400), ({"hide": 1 << 40, **tile(room, "Ben")}, 404),
                         ({"hide": rude, "number": tile(room, "Ben")["number"], "joined": 999}, 404),
                         ({"hide": rude, "number": 0, "joined": 1}, 404), ({"hide": rude, "number": -1, "joined": -1}, 404)):
        found = room.ask("/class", body)
        check(found[0] == status, body, found)
    equal(room.ask("/class", {"hide": rude, **tile(room, "Ben")}, fields={"X-Parley-Token": "0" * 32})[0], 403, "a viewer hides")
    clock = room.state()["clock"]
    room.post({"hide": rude, **tile(room, "Ben")})
    equal({p["name"] for p in room.state(clock)["pupils"]}, set(alices), "the tiles that are told anew")
    say(alices["Cleo"], "some thing  rude")  # she thinks that this is another line
    say(alices["Cleo"], "and this is mine")
    for name in alices:
        until_line(room, name, "and this is mine")
        check(not any("rude" in text.lower() for _, _, text in lines(room, name)), "hidden from all", name, lines(room, name))
    check(room.state()["hidden"] == 1, room.state()["hidden"])
    mine = next(line["line"] for line in room.pupil("Ben")["chat"] if "mine" in line["text"])
    room.post({"hide": mine, "all": True, **tile(room, "Ben")})
    say(alices["Cleo"], "once more")
    say(alices["Ben"], "still here")
    for name in alices:
        until_line(room, name, "still here")
    equal([text for _, _, text in lines(room, "Ada") if text in ("and this is mine", "once more")], [], "all of Cleo's")
    morning = next(line["line"] for line in room.pupil("Ben")["chat"] if "morning" in line["text"])
    equal(room.ask("/class", {"hide": morning, "all": True, **tile(room, "Ben")})[0], 400, "all of Bob's own")
    room.post({"show_hidden": True})
    for name in alices:
        for text in ("Something RUDE", "once more", "some thing  rude"):
            until_line(room, name, text)
    equal(room.state()["hidden"], 0, "hidden")
    room.stop()


def on_the_stage(room):
    """What a viewer who comes now is told there: the texts that Eve reads, and all of it as it is in a saved run."""
    run = room.ask("/save/run.json")[1]
    return [line["text"] for event in json.loads(run) if event["event"] == "read" for line in event["lines"]], run


def hidden_on_the_stage():
    """What the lecturer hides is told no more on the stage, neither to newcomers nor in a saved run, and who looks on is told
    to forget it; shown again, it is told again. No key of the room's and no label is told to viewers there."""
    bob, room = conference()
    alices = {name: joins(room, name, number="%016x" % i) for i, name in enumerate(("Ada", "Rude"), 1)}
    for name in alices:
        say(alices[name], "before the key, " + name)
    bob.event("called", count=2)
    room.post({"attack": 60})
    for name in alices:
        until_line(room, name, "before the key, " + name)
    status, text = room.ask("/eve", {"on": True, "budget": 60})
    equal(status, 200, text)
    here = wait_until(lambda: next((name for name in alices if "before the key, " + name in on_the_stage(room)[0]), None), 120, "Eve's key on the stage")
    say(alices["Rude"], "Something RUDE \\ \u00e9")
    say(alices["Ada"], "kind")
    rude = ("(from Rude) " if here == "Ada" else "") + "Something RUDE \\\\ \u00e9"
    kind = ("" if here == "Ada" else "(from Ada) ") + "kind"
    wait_until(lambda: {rude, kind} <= set(on_the_stage(room)[0]), 30, "both lines")
    until_line(room, "Ada", "Something RUDE \\\\ \u00e9".removeprefix("(from Rude) "))
    line = next(line["line"] for line in room.pupil("Ada")["chat"] if "RUDE" in line["text"])
    room.post({"hide": line, **tile(room, "Ada")})
    texts, whole = on_the_stage(room)
    check(kind in texts and "RUDE" not in whole, "one line is hidden", texts)
    marks = [line for event in json.loads(whole) if event["event"] == "read" for line in event["lines"] if line.get("hidden")]
    equal([(m["text"], m["bytes"]) for m in marks], [("", len(rude.encode()) - 1)], "what stands in its place")
    numbers = wait_until(lambda: [e["numbers"] for e in json.loads(on_the_stage(room)[1]) if e["event"] == "hidden"], 10, "that viewers are told")
    equal([e["id"] for e in json.loads(whole) if e["event"] == "read" and e["lines"][0].get("hidden")], numbers[0], "what they are to forget")
    say(alices["Rude"], "something rude \\ \u00e9")
    say(alices["Rude"], "more of her")
    more = ("(from Rude) " if here == "Ada" else "") + "more of her"
    wait_until(lambda: more in on_the_stage(room)[0], 30, "another line")
    check("rude \\" not in on_the_stage(room)[1], "said again")
    room.post({"take_off": tile(room, "Rude")["number"], "joined": tile(room, "Rude")["joined"]})
    texts, whole = on_the_stage(room)
    check("more of her" not in whole and "before the key, Rude" not in whole and "RUDE" not in whole, "all of hers", texts)
    check((kind in texts) and ("before the key, Ada" in whole), "what others say stays", texts)
    events = json.loads(whole)
    verdicts = [e for e in events if e["event"] == "verdict"]
    check(verdicts and all(e["key_recovered"] and "key" not in e for e in verdicts), verdicts)
    equal([e for e in events if e["event"] == "called"], [], "labels")
    room.post({"show_hidden": True})
    wait_until(lambda: {rude, more, kind} <= set(on_the_stage(room)[0]), 10, "what is shown again")
    room.stop()


def long_lines():
    """The end of a line that is too long is not shown as one of Bob's own."""
    _bob, room, alices = fallen("Ada", "Ben")
    say(alices["Ada"], "x" * 985 + " IAmBob " + "y" * 3000)
    say(alices["Ada"], "behind it")
    until_line(room, "Ben", "behind it")
    check(all(source == "Ada" for side, source, _ in lines(room, "Ben")), lines(room, "Ben"))
    check(room.pupil("Ben")["chat"][0]["cut"], room.pupil("Ben")["chat"])
    room.stop()


def off_the_wall():
    """Who is taken off is gone with all she has said, and does not come back from there by herself: not under another name,
    nor as a new phone; those who have been there come and go, others wait until they are let in."""
    _bob, room, alices = fallen("Ada", "Rude", "Cleo")
    say(alices["Rude"], "look at me")
    say(alices["Ada"], "good morning")
    for name in alices:
        until_line(room, name, "look at me")
        until_line(room, name, "good morning")
    same = Phone(room, "Second tab", number="%016x" % 2)
    framed = Phone(room, "Not she", number="%016x" % 2, source="127.0.0.2")
    Phone(room, "No key", number="%016x" % 9, source="127.0.0.2").close()
    room.post({"take_off": tile(room, "Rude")["number"], "joined": tile(room, "Rude")["joined"]})
    check("taken you out" in same.until_closed()[1], "the same phone in a second tab")
    equal([room.pupil("Not she")[key] for key in ("off", "ended")], [False, ""], "one of another address")
    framed.close()
    for name in ("Ada", "Cleo"):
        check("look at me" not in [text for _, _, text in lines(room, name)], "what Bob passed on of her", lines(room, name))
        until_line(room, name, "good morning")
    equal(lines(room, "Rude"), [], "her own lines, which nobody is told of any more")
    equal([p["name"] for p in room.state(viewer=True)["pupils"] if p["off"]], ["", ""], "her name, as viewers are told it")

    def may(number, name="Somebody"):
        """The status of asking, as the phone's page does before it joins, and of joining."""
        query = urllib.parse.urlencode({"token": room.join_token, "set": "n64", "name": name, **({"phone": number} if number else {})})
        asked = room.ask_join("/room?" + query)
        try:
            Phone(room, name, number=number).close()
            joined = 200
        except Refused as refused:
            joined = refused.status
        if joined == 200:
            wait_until(lambda: room.pupil(name)["state"] == "ended", 30, name + " to be gone")
        check(asked[0] == joined, "asked and joined", asked, joined)
        return joined
    equal(may("%016x" % 2, "Angel"), 423, "the same phone under another name")
    equal(may(None, "Angel 2"), 423, "a phone without a number")
    equal(may("00000000000000ff", "Angel 3"), 423, "a phone with another number")
    equal(may("%016x" % 9, "Angel 4"), 423, "one that had no key")
    equal(may("%016x" % 1, "Ada again"), 200, "one that has been here")
    Phone(room, "Elsewhere", source="127.0.0.2").close()
    equal([sorted(w["name"] for w in room.state()["door"]["waiting"]), room.state()["door"]["guarded"]], [["Angel", "Angel 3", "Angel 4"], 1], "who waits")
    equal({w["name"] for w in room.state(viewer=True)["door"]["waiting"]}, {""}, "the names that viewers are told of")
    new = next(w["number"] for w in room.state()["door"]["waiting"] if w["name"] == "Angel 3")
    for number, status in ((new + 999, 404), (0, 400), ("1", 400), (-1, 400)):
        equal(room.ask("/class", {"let_in": number})[0], status, "let in %r" % number)
    room.post({"let_in": new})
    first = Phone(room, "Let in", number="00000000000000ff")
    equal(may("00000000000000ff", "Let in again"), 200, "who was let in")
    check("joined again" in first.until_closed()[1], "one session of who was let in")
    # one that was in the room, but has come again since: numbers were kept in store, and now all are asked
    rude = Phone(room, "Ruder", number="%016x" % 1)
    room.post({"take_off": tile(room, "Ruder")["number"], "joined": tile(room, "Ruder")["joined"]})
    rude.socket.close()
    equal(may("%016x" % 3, "Cleo again"), 423, "one that has been here, after that")
    equal(may("00000000000000ff", "Let in once more"), 200, "who was let in needs it once")
    room.post({"open_door": True})
    equal([may("%016x" % 2, "Angel"), room.state()["door"]], [200, {"guarded": 0, "waiting": []}], "the door is open")
    room.stop()


def cleared():
    """The tiles of those who have ended go at once, and nobody is kept out for it."""
    _bob, room = conference()
    gone, here = Phone(room, "Gone"), Phone(room, "Here")
    gone.close()
    room.until("Gone", "the end", lambda p: p["state"] == "ended")
    room.post({"clear_ended": True})
    equal([(p["name"], p["off"]) for p in room.state()["pupils"]], [("Gone", True), ("Here", False)], "the tiles")
    Phone(room, "Gone").close()
    here.close()
    room.stop()


def who_ended_it():
    """Who leaves has left, whoever is quicker to close; where Bob ends it, he has."""
    bob, room = conference()
    leaves, stays = joins(room, "Leaves"), joins(room, "Stays")
    leaves.stdin.close()
    leaves.wait(0)
    check(room.until("Leaves", "the end", lambda p: p["ended"] and p["ended"] != "Bob has ended it", 20)["ended"] == "has left", room.pupil("Leaves"))
    before = room.pupil("Stays")["bytes_down"]
    bob.signal(parley.signal.SIGTERM)
    wait_until(lambda: room.pupil("Stays")["bytes_down"] > before, 30, "his end mark")
    stays.stdin.close()  # she answers it
    # the connection may end before Eve has read in her capture whose end mark came first
    room.until("Stays", "the end by Bob", lambda p: p["ended"] == "Bob has ended it", 20)
    room.stop()


def opened_again():
    """A room that is opened again has a capture of its own, the first one is whole and stays, and Eve goes on with its
    sessions; that of before being full is no matter any more."""
    for name in ("room-2.pcap", "other.pcap"):
        parley.write(name, b"mine")
    bob, room = conference("--write", path("room.pcap"), "--capture-max", 1, "--per-address", 128)
    first = joins(room, "First")
    say(first, "hello")
    much = start_alice(Tunnel(room, "Much", "n64").address, "--params", "n64", stdin=b"a line\n" * (1 << 17))
    wait_until(lambda: room.state()["full"], 60, "the capture to be full")
    much.wait(0)
    first.stdin.close()
    first.wait(0)
    wait_until(lambda: room.state()["now"] == 0, 30, "an empty room")
    room.post({"close": True})
    room.post({"open": True})
    room.look_up()
    equal([room.state()["full"], room.state()["closed"]], [False, False], "full, closed")
    check(parley.read("room-2.pcap") == b"mine", "a file that nobody has named is written over")
    second = joins(room, "Second")
    say(second, "good evening")
    room.post({"attack": 60})
    until_line(room, "Second", "good evening")
    room.until("First", "what was said in the first opening", lambda p: p["chat"])
    second.stdin.close()
    second.wait(0)
    room.until("Second", "the end", lambda p: p["state"] == "ended")
    sessions = {p["name"]: p["session"] for p in room.state()["pupils"]}
    sources = [s["name"] for s in json.loads(room.ask("/state")[1])["sources"] if s["kind"] == "capture"]
    equal(sources, [path("room.pcap"), path("room-3.pcap")], "the captures of the page")
    room.stop()
    told = [[s["session"] for s in json.loads(eve("inspect", path(name), "--json"))["sessions"]] for name in ("room.pcap", "room-3.pcap")]
    check(sessions["First"] in told[0] and told[1] == [sessions["Second"]], told, sessions)
    equal(bob.event("listening") is not None, True, "Bob")


def captures_in_all():
    """All captures of a room together have a bound, over all that it is opened; it says so, and goes on once one of them is
    removed."""
    bob, room = conference("--write", path("room.pcap"), "--capture-max", 1, "--captures-max", 2, "--per-address", 128)
    status, names = 200, ["room.pcap", "room-2.pcap", "room-3.pcap", "room-4.pcap", "room-5.pcap"]
    while status == 200:
        much = start_alice(Tunnel(room, "Much", "n64").address, "--params", "n64", stdin=b"a line\n" * (1 << 18))
        wait_until(lambda: room.state()["full"], 60, "the capture to be full")
        much.wait(0)
        wait_until(lambda: room.state()["now"] == 0, 30, "an empty room")
        room.post({"close": True})
        status, text = room.ask("/class", {"open": True})
        if status == 200:
            room.look_up()
    check(status == 507 and "--captures-max" in text, status, text)
    written = [path(name) for name in names if os.path.exists(path(name))]
    check("remove some of them" in room.stderr and f"({written[0]} is one)" in room.stderr, room.stderr)
    state = room.state()
    equal([state["closed"], state["captured"]["most"]], [True, 2 << 20], "the room")
    equal(state["captured"]["bytes"], sum(map(os.path.getsize, written)), "bytes of its captures")
    check(3 << 19 < state["captured"]["bytes"] <= 2 << 20 and 2 <= len(written) <= 4, state["captured"], written)
    os.remove(written[0])
    room.post({"open": True})
    room.look_up()
    joins(room, "Third").stdin.close()
    room.until("Third", "the end", lambda p: p["state"] == "ended")
    room.stop()
    equal(bob.event("listening") is not None, True, "Bob")


run(a_line_is_hidden, hidden_on_the_stage, long_lines, off_the_wall, cleared, who_ended_it, opened_again, captures_in_all)
