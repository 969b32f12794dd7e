"""From samples to a verdict: pure functions, tested with made-up series (tests/integration/soak_test.py)."""
import dataclasses
import statistics

WARM_UP_SHARE, MOST_WARM_UP_SECONDS = 0.3, 600


@dataclasses.dataclass
class Run:
    samples: list
    capacity: float
    rate: float
    compared: int
    differing: list
    unexpected: list
    deeds: dict
    swaps: int
    files_before: int = 0
    files_after: int = 0
    exit_code: int = -1


@dataclasses.dataclass
class Finding:
    what: str
    found: str
    bound: str
    holds: bool


def add_bounds(parser):
    parser.add_argument("--most-growth", type=float, default=24, metavar="MIB_PER_HOUR", help="of resident memory, after the warm-up")
    parser.add_argument("--most-files", type=int, default=4, help="that may be open at the end beyond those of the start")
    parser.add_argument("--most-threads", type=int, default=8, help="that may be there at the end beyond those after the warm-up")
    parser.add_argument("--most-drift", type=float, default=1.25, metavar="TIMES", help="median latency of the last quarter against the first")
    parser.add_argument("--most-refused", type=float, default=0.01, metavar="SHARE", help="of the open loop's requests")


def theil_sen(xs, ys):
    """The median of the slopes through all pairs of points: a few samples that jump do not move it."""
    slopes = [(ys[j] - ys[i]) / (xs[j] - xs[i]) for i in range(len(xs)) for j in range(i + 1, len(xs)) if xs[j] > xs[i]]
    return statistics.median(slopes) if slopes else 0.0


def warm_up_seconds(samples):
    """Caches, allocators' arenas and threads fill up at first: those samples are shown and not judged."""
    return min(WARM_UP_SHARE * samples[-1].seconds, MOST_WARM_UP_SECONDS) if samples else 0


def growth_mib_per_hour(samples):
    return 3600 * theil_sen([sample.seconds for sample in samples], [sample.rss_mib for sample in samples])


def drift(samples):
    """Median of the last quarter's p50 over the first quarter's."""
    quarter = max(1, len(samples) // 4)
    first, last = (statistics.median(sample.p50_ms for sample in part) for part in (samples[:quarter], samples[-quarter:]))
    return last / first


def judge(run, bounds):
    warm = [sample for sample in run.samples if sample.seconds > warm_up_seconds(run.samples)]
    if len(warm) < 4:
        return [Finding("samples after the warm-up", str(len(warm)), "at least 4", False)]
    growth, slower = growth_mib_per_hour(warm), drift(warm)
    threads = warm[-1].threads - warm[0].threads
    answers = sum(sample.ok + sample.refused for sample in run.samples)
    refused = sum(sample.refused for sample in run.samples) / max(1, answers)
    errors = len(run.unexpected) + sum(sample.errors for sample in run.samples)

    def at_most(what, found, bound, text):
        return Finding(what, text.format(found), "at most " + text.format(bound), found <= bound)
    return [
        at_most("growth of resident memory", growth, bounds.most_growth, "{:.1f} MiB an hour"),
        at_most("files open at the end, beyond the start", run.files_after - run.files_before, bounds.most_files, "{}"),
        at_most("threads at the end, beyond the warm-up", threads, bounds.most_threads, "{}"),
        at_most("median latency, last quarter against first", slower, bounds.most_drift, "{:.3f} times"),
        at_most("refused by a full queue", refused, bounds.most_refused, "{:.4f}"),
        at_most("answers that differ from the first one", len(run.differing), 0, "{}"),
        at_most("errors that nobody asked for", errors, 0, "{}"),
        Finding("answers compared", str(run.compared), "at least 1", run.compared > 0),
        Finding("models swapped", str(run.swaps), "at least 1", run.swaps > 0),
        Finding("exit code after SIGTERM", str(run.exit_code), "0", run.exit_code == 0),
    ]
