"""What bends times that are measured: the models of the notes on statistics, each a factor on the true time.

A process is one worker in one round; what befalls it (a heap laid out otherwise, a bad place for its code) stays for
its whole life. So samples of one process are no independent evidence, and the simulated ones are none either.
"""

from collections.abc import Mapping
from math import exp, log, log1p, pi, sin, sqrt
from random import Random
from statistics import median

from msgspec import Struct


class Noise(Struct, frozen=True, kw_only=True):
    """Sizes of what bends a time; nothing by default."""

    sample: float = 0.0
    """Standard deviation of a sample's logarithm: a sample is never faster than the burst's least."""
    burst: float = 0.0
    """That of the least time of a burst, which load of other programs reaches too."""
    process: float = 0.0
    """That of a process."""
    round: float = 0.0
    """That of a round: all its processes are slower or faster together."""
    tail: int | None = None
    """Degrees of freedom of Student's t, of which a process is drawn in place of the normal distribution."""
    modes: float = 0.0
    """How much longer a call takes in a process of the slower kind, as .25."""
    slower_kind: float = 0.5
    """The share of processes that are of it, where there are two kinds."""
    drift_per_hour: float = 0.0
    """Logarithm that a machine gets slower by in an hour, as it warms up."""
    wave: tuple[float, float] = (0.0, 60.0)
    """Size and length in seconds of a load that comes and goes."""
    hit: tuple[float, float] = (0.0, 1.0)
    """The share of bursts that a neighbour takes the CPU from, and the factor by which these are longer."""

    def of_process(self, random: Random) -> float:
        """Draw the factor of a process."""
        deviation = random.gauss() if self.tail is None else _student(random, self.tail)
        slower = self.modes > 0 and random.random() < self.slower_kind
        return exp(self.process * deviation) * (1 + self.modes if slower else 1)

    def of_round(self, random: Random) -> float:
        """Draw the factor that all processes of a round have in common."""
        return exp(self.round * random.gauss())

    def of_burst(self, random: Random, now_s: float) -> float:
        """Draw the factor of a burst that starts at this time."""
        size, length_s = self.wave
        hit = self.hit[1] if random.random() < self.hit[0] else 1.0
        common = self.drift_per_hour * now_s / 3600 + log1p(size) * (1 + sin(2 * pi * now_s / length_s)) / 2
        return exp(common + self.burst * abs(random.gauss())) * hit

    def log_ratio(self, random: Random, truth: float, passes: int) -> float:
        """Draw the log-ratio of a round: of two processes, and the median over passes of their bursts."""
        processes = log(self.of_process(random)) - log(self.of_process(random))
        bursts = (log(self.of_burst(random, 0.0)) - log(self.of_burst(random, 0.0)) for _ in range(passes))
        return truth + processes + median(bursts)

    def of_sample(self, random: Random) -> float:
        """Draw the factor of one sample: at least 1."""
        return exp(self.sample * abs(random.gauss()))


def _student(random: Random, freedom: int) -> float:
    return random.gauss() / sqrt(random.gammavariate(freedom / 2, 2) / freedom)


#: Nothing bends anything.
NONE = Noise()

#: As on a machine with nothing else to do; on one that others share; with two kinds of processes; with heavy tails.
QUIET = Noise(sample=0.01, burst=0.002, process=0.004, round=0.003)
SHARED = Noise(sample=0.03, burst=0.01, process=0.012, round=0.03, hit=(0.1, 1.3), wave=(0.1, 40.0))
BIMODAL = Noise(sample=0.01, burst=0.002, process=0.004, modes=0.25)
HEAVY = Noise(sample=0.01, burst=0.004, process=0.01, tail=2)

MODELS: Mapping[str, Noise] = {"quiet": QUIET, "shared": SHARED, "bimodal": BIMODAL, "heavy-tailed": HEAVY}
