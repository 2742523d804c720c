"""What a class plays, as the server counts it: phones that are no browsers answer once, and whatever else they send changes
nothing; nothing is told before it is closed."""

import contextlib
import http.client
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))

from parley import check, equal, patience, run, start_bob, wait_until  # noqa: E402
from phone import Phone, Room  # noqa: E402


class Player:
    """A phone in the room with a ticket."""

    def __init__(self, room, number, ticket=None):
        self.room, self.ticket = room, ticket or "%016x" % number
        self.phone = Phone(room, raw_query="token=%s&set=n64&name=Pupil%%20%d&ticket=%s" % (room.join_token, number, self.ticket))

    def sees(self):
        status, text = self.room.ask_join("/play?token=%s&ticket=%s" % (self.room.join_token, self.ticket))
        check(status == 200, "what a phone sees", status, text)
        return json.loads(text)

    def answer(self, round_, question, option, body="", **more):
        query = dict({"token": self.room.join_token, "ticket": self.ticket, "round": round_, "question": question, "option": option}, **more)
        return post(self.room, "&".join("%s=%s" % item for item in query.items() if item[1] is not None), body)


def post(room, query, body="", fields=None):
    """(status, text) of a POST as a phone sends it, without the lecturer's token."""
    with contextlib.closing(http.client.HTTPConnection(*room.join_at, timeout=patience(60))) as connection:
        connection.request("POST", "/play?" + query, body, dict({"Origin": "http://%s:%d" % room.join_at}, **(fields or {})))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def change(room, body, wanted=200):
    status, text = room.ask("/game", body)
    check(status == wanted, body, status, text)
    return json.loads(text) if status == 200 else text


def game(room):
    return json.loads(room.ask("/game")[1])


def open_room():
    bob = start_bob("--params", "n64")
    return bob, Room(bob.address)


def a_vote_is_counted_once():
    _bob, room = open_room()
    players = [Player(room, i) for i in range(24)]
    wait_until(lambda: game(room)["phones"] == len(players), 30, "the phones")
    equal(players[0].sees()["game"], "none", "before anything is open")
    equal(players[0].answer(0, 0, 0)[0], 410, "an answer to nothing")
    opened = change(room, {"open": "vote", "pictures": 3})
    seen = players[0].sees()
    equal([seen["round"], seen["open"], seen["given"], len(seen["pictures"]), len(seen["known"])],
          [opened["round"], True, [None] * 3, 3, 4], "an open vote")
    check(all("label" not in p and "alice" not in p for p in seen["pictures"] + opened["pictures"]), "labels are not told yet")
    check("counts" not in opened, "nor how others vote")
    round_ = opened["round"]
    # all at once, each of them several times: as often as there are phones
    done = []

    def vote(i):
        done.append([players[i].answer(round_, q, (i + q) % 2)[0] for q in range(3) for _ in range(3)])
    threads = [threading.Thread(target=vote, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(done, [[200, 409, 409] * 3] * 20, "first votes count, others do not")
    # what is no vote
    bad = players[20]
    for wanted, more in ((400, {"option": 2}), (400, {"option": "yes"}), (400, {"option": "-1"}), (400, {"option": "9" * 15}),
                         (400, {"option": ""}), (400, {"option": None}), (400, {"question": 3}), (400, {"question": "1e0"}),
                         (400, {"round": "x"}), (410, {"round": round_ - 1}), (410, {"round": round_ + 1}), (403, {"ticket": "0" * 16 + "0"}),
                         (403, {"ticket": ""}), (403, {"ticket": "g" * 16}), (403, {"ticket": "f" * 16}), (403, {"token": room.token}),
                         (403, {"token": "aaaa-aaaa-aaaa"})):
        query = dict({"round": round_, "question": 0, "option": 1}, **more)
        found = bad.answer(query.pop("round"), query.pop("question"), query.pop("option"), **query)
        check(found[0] == wanted and found[1].endswith("\n"), more, found)
    equal(bad.answer(round_, 0, 1, body="x" * 2000)[0], 400, "a body")
    found = post(room, "token=%s&ticket=%s&round=%d&question=0&option=1" % (room.join_token, bad.ticket, round_),
                 fields={"Origin": "http://elsewhere.example"})
    check(found[0] == 400 and "another site" in found[1], found)
    for what in ("/game", "/puzzle?seed=1", "/play.html", "/play.js", "/play-hand.js"):
        equal(room.ask_join(what)[0], 404, "a phone asks for " + what)
    equal(room.ask_join("/play?ticket=%s" % bad.ticket)[0], 403, "without the token")
    equal(json.loads(room.ask_join("/play?token=%s" % room.join_token)[1])["game"], "away", "who is not in the room sees nothing")
    equal(game(room)["answers"], [20] * 3, "votes so far")
    # one votes, leaves, comes back and votes: once
    equal(players[21].answer(round_, 0, 1)[0], 200, "a vote of who leaves")
    equal(game(room)["answers"][0], 21, "it counts")
    players[21].phone.close()
    wait_until(lambda: game(room)["answers"][0] == 20, 30, "his vote to leave with him")
    equal(players[21].answer(round_, 0, 1)[0], 403, "who has left")
    again = Player(room, 21)
    equal([again.answer(round_, 0, 1)[0], again.answer(round_, 0, 1)[0]], [200, 409], "back again")
    # two phones with one ticket are one
    twin = Player(room, 99, players[0].ticket)
    equal(twin.answer(round_, 0, 0)[0], 409, "a ticket that somebody else has")
    before = game(room)
    closed = change(room, {"close": True})
    equal(closed["answers"], before["answers"], "closing changes no count")
    equal(players[1].answer(round_, 2, 1)[0], 410, "a late vote")
    expected = [[10, 10], [10, 10], [10, 10]]
    expected[0][1] += 1
    equal(closed["counts"], expected, "the counts")
    right = sum(counts[p["label"]] for counts, p in zip(closed["counts"], closed["pictures"]))
    alice = sum(p["label"] == p["alice"] for p in closed["pictures"])
    score = closed["score"]
    equal([score["answers"], score["right"], score["alice_right"], score["pictures"]], [61, right, alice, 3], "the score")
    check(score["coins_low"] <= 0.5 <= score["coins_high"], score)
    seen = players[5].sees()
    equal([seen["given"], [p["label"] for p in seen["pictures"]]], [[1, 0, 1], [p["label"] for p in closed["pictures"]]], "a phone is told then")
    # the score goes on with the session, and begins again with another one
    equal(change(room, {"open": "vote", "pictures": 1})["score"]["pictures"], 3, "the same session")
    change(room, {"hands": {"question": 0, "option": 1, "count": 30}})
    equal(change(room, {"close": True})["score"]["answers"], 91, "hands count")
    equal(change(room, {"open": "vote", "anew": True})["score"]["answers"], 0, "another session")
    for body, word in (({"open": "vote", "pictures": 21}, "pictures"), ({"open": "vote", "pictures": 0}, "pictures"), ({"open": "x"}, "open"),
                       ({"open": "guess"}, "params"), ({"open": "guess", "params": "r509"}, "params"), ({"open": "hand", "rows": "x"}, "rows"),
                       ({"open": "hand", "seed": ""}, "seed"), ({"open": "hand", "seed": "x" * 65}, "seed"), ({"hands": 1}, "hands"), ({}, "open"),
                       ({"hands": {"question": 0, "option": 1, "count": 1001}}, "1000"), ({"hands": {"question": 0, "option": 1, "count": -1}}, "hands"),
                       ({"hands": {"question": 9, "option": 1, "count": 1}}, "no such")):
        text = change(room, body, 400)
        check(word in text, body, text)
    status, text = room.ask("/game", {"close": True}, fields={"X-Parley-Token": room.join_token})
    equal(status, 403, "a phone's token does not close")
    room.post({"close": True})
    equal([players[3].answer(game(room)["round"], 0, 1)[0], players[3].sees()["game"]], [403, "away"], "a closed room")
    room.stop()


def a_puzzle_and_a_guess():
    _bob, room = open_room()
    players = [Player(room, i) for i in range(3)]
    wait_until(lambda: game(room)["phones"] == 3, 30, "the phones")
    puzzle = json.loads(room.ask("/puzzle?seed=11&rows=uniform")[1])
    # the twin: whoever has the rows can try all
    wrong = {s: sum(sum(int(bit) for i, bit in enumerate(row) if s >> i & 1) % 2 != label
                    for row, label in zip(puzzle["rows"], puzzle["labels"])) for s in range(256)}
    best = min(wrong, key=wrong.get)
    equal([wrong[best], sorted(wrong.values())[1] >= 2], [1, True], "one answer")
    equal("".join(str(best >> i & 1) for i in range(8)), puzzle["secret"], "and it is the one that is told")
    round_ = change(room, {"open": "hand", "seed": "11", "rows": "uniform"})["round"]
    equal(players[0].sees()["puzzle"], {"rows": puzzle["rows"], "labels": puzzle["labels"]}, "a phone sees the puzzle and no answer")
    equal([players[1].answer(round_, 0, best)[0], players[0].answer(round_, 0, best ^ 1)[0], players[2].answer(round_, 0, best)[0]],
          [200] * 3, "answers")
    equal(game(room)["found"], ["Pupil 1", "Pupil 2"], "who has solved it")
    change(room, {"close": True})
    equal([players[0].sees()["puzzle"]["secret"], game(room)["puzzle"]["lie"]], [puzzle["secret"], puzzle["lie"]], "the answer")
    equal(room.ask("/puzzle?rows=light")[0], 400, "a puzzle without a seed")
    equal(room.ask("/puzzle?seed=1&rows=dark")[0], 400, "rows that there are none of")
    round_ = change(room, {"open": "guess", "params": "n384"})["round"]
    equal([players[0].answer(round_, 0, 3)[0], players[1].answer(round_, 0, 7)[0], players[2].answer(round_, 0, 20)[0]], [200, 200, 400], "guesses")
    closed = change(room, {"close": True})
    equal([i for i, count in enumerate(closed["counts"][0]) for _ in range(count)], [3, 7], "the guesses")
    change(room, {"end": True})
    equal(players[0].sees()["game"], "none", "at the end")
    room.stop()


def race(room, params):
    return next((r for r in game(room)["races"] if r["params"] == params), None)


def a_race_runs_beside_the_rest():
    _bob, room = open_room()
    equal(game(room)["races"], [], "before any")
    for body in ({"race": "n65"}, {"race": "n64", "budget": 0}, {"race": "n64", "budget": 4000}, {"race": "n64", "budget": "60"}, {"stop": "n64"}):
        change(room, body, 400)
    change(room, {"race": "n2048", "budget": 3600})
    change(room, {"race": "n2048"}, 400)
    change(room, {"race": "n64"})
    change(room, {"race": "n128"}, 400)  # two at once
    wait_until(lambda: race(room, "n64")["state"] == "over" and "reads" in race(room, "n64"), 120, "the race at n64, and what Eve reads")
    won = race(room, "n64")
    check("wrong" not in won and won["won"] and not won["stopped"] and won["alice"] > 0, "who has the key", won)
    check(abs(won["eve"] - sum(l["wall_seconds"] for l in won["learners"] if l["status"] != "not-applicable")) < 1e-6, "Eve's seconds are her learners'", won)
    check("oak" in won["reads"][0]["text"] and "key" not in won, "what she reads; the key is not told", won)
    wait_until(lambda: race(room, "n2048").get("tries"), 120, "Eve's tries at n2048")
    first = race(room, "n2048")
    check(first["state"] == "learns" and first["expected_seconds"] > 1e6, "while it runs", first)
    wait_until(lambda: race(room, "n2048")["tries"] > first["tries"], 120, "more of them")
    change(room, {"stop": "n2048"})
    wait_until(lambda: race(room, "n2048")["state"] == "over", 120, "the stopped race to end")
    stopped = race(room, "n2048")
    equal([stopped["stopped"], stopped["won"], "reads" in stopped], [True, False, False], "a stopped race")
    check(stopped["eve"] > 0 and stopped["alice"] > 0, "its seconds", stopped)
    for params in ("n64", "n128"):  # in the place of an older one, and beside it
        change(room, {"race": params})
        wait_until(lambda p=params: race(room, p)["state"] == "over", 120, "another race")
    equal(sorted(r["params"] for r in game(room)["races"]), ["n128", "n2048", "n64"], "those that are kept")
    change(room, {"race": "n2048"})  # ends with the server
    room.stop()


run(a_vote_is_counted_once, a_puzzle_and_a_guess, a_race_runs_beside_the_rest)
