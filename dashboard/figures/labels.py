"""Labels that would lie on each other, pushed apart as little as possible."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart, near the wanted ones, in their order, inside low–high while there is room.

    Clusters that touch are pooled around their mean, which is the least-squares answer.

    >>> spread([10.0, 10.0, 3.0], 2.0, 0.0, 20.0)
    [11.0, 9.0, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], -at))
    pools: list[list[float]] = []  # sum of (wanted - offset), count
    for rank, at in enumerate(order):
        pools.append([wanted[at] - rank * gap, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    levels = [total / count for total, count in pools for _ in range(int(count))]
    room = max(low, high - gap * (len(wanted) - 1))
    places = [0.0] * len(wanted)
    for rank, (at, level) in enumerate(zip(order, levels, strict=True)):
        places[at] = min(max(level, low), room) + rank * gap
    return places
