"""Where things lie in a picture, so that those that belong together are near each other and none lies on another.

Pure, and the same on every machine: places are whole numbers, sums are of whole numbers or in a fixed order, and
no function is used whose last digit differs between processors or libraries.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from feedsvc.render.maps.svg import Box

Pair = tuple[int, int]
Whole = NDArray[np.int64]
Place = tuple[int, int] | tuple[Whole, Whole]  # one, or many at once

FULL = 1000  # the weight of the strongest pair, as the functions here want it
_APART = 1200  # how far two are apart that nothing ties
_GRID = 8  # the step between places that are tried
_LOOKED_AT = 600  # of the best places, so many are looked at for what they would hide,
_AT_ONCE = 50  # so many of them together, until none of the rest can be better
_HIDDEN = 250 * FULL  # the cost of a tie that runs behind something
_PASSES = 3  # how often each thing is moved to where it is best, once all have a place


def scaled(weights: Mapping[Pair, float]) -> dict[Pair, int]:
    """The weights as whole numbers, FULL being the largest; noise in the last digits goes."""
    most = max(weights.values(), default=0.0)
    return {pair: round(max(weight, 0.0) / most * FULL) if most > 0 else 0 for pair, weight in weights.items()}


def seriation(size: int, weights: Mapping[Pair, int]) -> list[int]:
    """The numbers from 0 to `size` - 1 in an order that has those tied by much weight, up to FULL, side by side.

    Clusters by mean distance (WPGMA) with the leaves in the best order (Bar-Joseph et al. 2001,
    https://doi.org/10.1093/bioinformatics/17.suppl_1.S22).
    """
    if size < 3:
        return list(range(size))
    distance = np.full((size, size), _APART, dtype=np.float64)
    np.fill_diagonal(distance, 0)
    for (a, b), weight in weights.items():
        distance[a, b] = distance[b, a] = FULL - weight
    tree = linkage(squareform(distance), "weighted", optimal_ordering=True)
    return [int(leaf) for leaf in leaves_list(tree)]


def cells(xs: Sequence[int], order: Sequence[int], lanes: int, pitch: int, right: int) -> list[tuple[int, int]]:
    """A place (x, lane) for each dot: its own x, and a lane as near as can be to its share of the `order`.

    No two in a lane are nearer than `pitch`. Where no lane is free, x gives way, but stays between 0 and `right`.
    """
    taken: dict[int, list[int]] = defaultdict(list)
    found: dict[int, tuple[int, int]] = {}
    for rank, dot in enumerate(order):
        wanted = (2 * rank + 1) * lanes // (2 * len(order))
        near = sorted(range(lanes), key=lambda lane: (abs(lane - wanted), lane))
        found[dot] = next(
            (x, lane)
            for shift in range(0, 2 * right, pitch // 2)
            for x in dict.fromkeys((max(0, xs[dot] - shift), min(right, xs[dot] + shift)))
            for lane in near
            if all(abs(x - other) >= pitch for other in taken[lane])
        )
        x, lane = found[dot]
        taken[lane].append(x)
    return [found[dot] for dot in range(len(xs))]


def places(boxes: Sequence[Box], weights: Mapping[Pair, int], width: int) -> list[tuple[int, int]]:
    """A place (x, y) for each thing, none on another and all in the middle of `width`; the highest reaches y = 0.

    `boxes` are around the thing's own place at 0, 0, with whole edges. One after the other gets the free
    place where its pulls are least: to those it is tied to, and a little to the middle.
    """
    if not boxes:
        return []
    board = _Board(boxes, weights, width)
    for thing in board.order():
        board.put(thing)
    for _ in range(_PASSES):
        for thing in range(len(boxes)):
            board.put(thing)
    found = [board.at[thing] for thing in range(len(boxes))]
    top = min(y + int(box.top) for (_, y), box in zip(found, boxes, strict=True))
    left = min(x + int(box.left) for (x, _), box in zip(found, boxes, strict=True))
    right = max(x + int(box.right) for (x, _), box in zip(found, boxes, strict=True))
    return [(x + (width - left - right) // 2, y - top) for x, y in found]


class _Board:
    """Things on a grid of places, and what it costs to have one at each of them."""

    def __init__(self, boxes: Sequence[Box], weights: Mapping[Pair, int], width: int) -> None:
        self.boxes, self.width = boxes, width
        self.at: dict[int, tuple[int, int]] = {}
        self.ties: dict[int, dict[int, int]] = defaultdict(dict)
        for (a, b), weight in sorted(weights.items()):
            self.ties[a][b] = self.ties[b][a] = weight
        area = sum((box.right - box.left) * (box.bottom - box.top) for box in boxes)
        tallest = max(box.bottom - box.top for box in boxes)
        height = int(3 * area / width + 3 * tallest)
        self.middle = (width // 2, height // 2)
        self.xs, self.ys = np.meshgrid(
            np.arange(0, width + 1, _GRID, dtype=np.int64), np.arange(0, height + 1, _GRID, dtype=np.int64)
        )

    def order(self) -> list[int]:
        """The first first, then always the one that is tied most to those before it."""
        waiting, order = list(range(len(self.boxes))), list[int]()
        held = [0] * len(self.boxes)
        while waiting:
            order.append(min(waiting, key=lambda thing: (-held[thing], thing)))
            waiting.remove(order[-1])
            for other, weight in self.ties[order[-1]].items():
                held[other] += weight
        return order

    def put(self, thing: int) -> None:
        """Give a thing the best place that the others leave."""
        self.at.pop(thing, None)
        free = self._free(thing)
        if not free.any():
            lowest = max(y + int(self.boxes[other].bottom) for other, (_, y) in self.at.items())
            self.at[thing] = self.middle[0], lowest - int(self.boxes[thing].top)
            return
        xs, ys, cost = self.xs[free], self.ys[free], self._cost(thing)[free]
        near = np.argsort(cost, kind="stable")[:_LOOKED_AT]
        best, least = near[0], np.inf
        for start in range(0, len(near), _AT_ONCE):
            some = near[start : start + _AT_ONCE]
            if cost[some[0]] >= least:  # so are all that come after it
                break
            total = cost[some] + _HIDDEN * self._hidden(thing, xs[some], ys[some])
            if total.min() < least:
                best, least = some[total.argmin()], total.min()
        self.at[thing] = int(xs[best]), int(ys[best])

    def _free(self, thing: int) -> NDArray[np.bool_]:
        box = self.boxes[thing]
        free = (self.xs + int(box.left) >= 0) & (self.xs + int(box.right) <= self.width)
        for other, (x, y) in self.at.items():
            taken = self.boxes[other]
            rows = _between(y + int(taken.top - box.bottom), y + int(taken.bottom - box.top))
            columns = _between(x + int(taken.left - box.right), x + int(taken.right - box.left))
            free[rows, columns] = False
        return free

    def _cost(self, thing: int) -> NDArray[np.float64]:
        cost = FULL // 5 * self._distance(self.middle)
        for other, weight in sorted(self.ties[thing].items()):
            if other in self.at:
                cost += (weight + FULL // 5) * self._distance(self.at[other])
        return cost

    def _hidden(self, thing: int, xs: Whole, ys: Whole) -> Whole:
        """How many ties would run behind something to which they do not lead, were the thing at these places."""
        count = np.zeros(xs.shape, dtype=np.int64)
        placed = np.array([(*place, self._reach(one)) for one, place in self.at.items()], dtype=np.int64)
        x, y, reach = placed.reshape(-1, 3, 1).swapaxes(0, 1)
        for other in self.ties[thing].keys() & self.at.keys():
            count += _passes((xs, ys), self.at[other], (x, y), reach).sum(axis=0)
        ends = [(*self.at[a], *self.at[b]) for a, b in combinations(self.at, 2) if b in self.ties[a]]
        if ends:
            x1, y1, x2, y2 = np.array(ends, dtype=np.int64).reshape(-1, 4, 1).swapaxes(0, 1)
            count += _passes((x1, y1), (x2, y2), (xs, ys), self._reach(thing)).sum(axis=0)
        return count

    def _reach(self, thing: int) -> int:
        return -int(self.boxes[thing].top)

    def _distance(self, place: tuple[int, int]) -> NDArray[np.float64]:
        """How far each place of the grid is, up and down more than aside, so that the picture becomes wide.

        The square root is exactly rounded everywhere (IEEE 754 §5.4.1).
        """
        dx, dy = self.xs - place[0], self.ys - place[1]
        return np.sqrt((dx * dx + 2 * dy * dy).astype(np.float64))


def _between(low: int, high: int) -> slice:
    """The places of the grid that lie between two numbers, in one direction."""
    return slice(max(0, low // _GRID + 1), max(0, -(-high // _GRID)))


def _passes(start: Place, end: Place, at: Place, reach: int | Whole) -> NDArray[np.bool_]:
    """Whether the line between two places comes nearer to a third than `reach`, other than at its ends."""
    (x1, y1), (x2, y2), (x, y) = start, end, at
    dx, dy = x2 - x1, y2 - y1
    along, length = dx * (x - x1) + dy * (y - y1), dx * dx + dy * dy
    aside = dx * (y - y1) - dy * (x - x1)
    return np.asarray((along > 0) & (along < length) & (aside * aside < reach * reach * length))
