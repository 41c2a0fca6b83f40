"""Plays the busiest minute of a day for as many visitors as are named, on as many nodes as the capacity page tells, and says how
long messages take: all nodes up, and with one that fails halfway.

    python3 tests/benches/capacity.py [--visitors 200000000] [--events 730] [--seed 1]

Nothing is started: it is arithmetic with chance. What a node does is what was measured of one: EVENTS messages a second, one after
the other, most quick and some slow. Messages come at random, in waves of some seconds as after news, and go to whichever node
comes next; what a node held when it fails is asked again of the next one after a second.
"""

import argparse
import heapq
import math
import random

parser = argparse.ArgumentParser()
parser.add_argument("--visitors", type=int, default=200_000_000)
parser.add_argument("--asking", type=float, default=3, help="of a hundred visitors")
parser.add_argument("--messages", type=float, default=4, help="in a chat")
parser.add_argument("--peak", type=float, default=0.2, help="of a hundred of a day, in the busiest minute")
parser.add_argument("--minutes", type=float, default=6, help="for which a chat stays open")
parser.add_argument("--events", type=float, default=730, help="messages that one node takes in a second")
parser.add_argument("--streams", type=int, default=9_500, help="chats that one node holds open")
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()

MINUTE = 60.0
# How uneven service is: a message whose question is new to a node takes tens of times as long as one that was asked before.
SPREAD = 1.0
# Waves: every few seconds the rate is another, up to about twice the mean.
WAVE_SECONDS = 5.0


def needed(visitors):
    """The calculation of the capacity page."""
    opened = visitors * arguments.asking / 100 * arguments.peak / 100
    said = opened * arguments.messages / MINUTE
    busy = math.ceil(said / (arguments.events / 2))
    held = math.ceil(opened * arguments.minutes / arguments.streams)
    return said, max(busy, held) + 1


def arrivals(rate, chance):
    """Yields the moments of messages within a minute, in waves."""
    moment, wave, current = 0.0, 0.0, rate
    while True:
        if moment >= wave:
            wave += WAVE_SECONDS
            current = rate * chance.gammavariate(4, 1 / 4)
        moment += chance.expovariate(max(current, rate / 10))
        if moment >= MINUTE:
            return
        yield moment


def service(chance):
    """Draws how long a node works on a message; the mean is that of the measured rate."""
    return chance.lognormvariate(-SPREAD * SPREAD / 2, SPREAD) / arguments.events


def played(rate, nodes, fails, chance):
    """Plays the minute, and returns how long each message took, in seconds and in order."""
    free = [0.0] * nodes
    waiting = [(moment, moment) for moment in arrivals(rate, chance)]
    heapq.heapify(waiting)
    took, turn = [], 0
    while waiting:
        moment, asked = heapq.heappop(waiting)
        alive = nodes - (fails and moment >= MINUTE / 2)
        place = turn % alive
        turn += 1
        begun = max(moment, free[place])
        done = begun + service(chance)
        is_lost = fails and place == nodes - 1 and begun < MINUTE / 2 <= done
        if is_lost or (fails and place == nodes - 1 and begun >= MINUTE / 2):
            heapq.heappush(waiting, (max(moment, MINUTE / 2) + 1, asked))
            continue
        free[place] = done
        took.append(done - asked)
    return sorted(took)


def share(took, part):
    return took[min(len(took) - 1, int(len(took) * part))] * 1_000


print(f"{'visitors a day':>15} {'a second':>9} {'nodes':>6}   all up: 50, 99, longest of 100, ms   one fails: 50, 99, longest, ms")
for visitors in sorted({1_000_000, 20_000_000, 100_000_000, arguments.visitors}):
    rate, nodes = needed(visitors)
    chance = random.Random(arguments.seed)
    columns = []
    for fails in (False, True):
        took = played(rate, nodes, fails, chance) or [0.0]
        columns.append("".join(f"{value:9.1f}" for value in (share(took, 0.5), share(took, 0.99), took[-1] * 1_000)))
    print(f"{visitors:>15,} {rate:9.2f} {nodes:6}   {columns[0]:>36}   {columns[1]:>28}")
