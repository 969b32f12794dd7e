"""What a process holds, seen from outside."""
import dataclasses
import pathlib
import time

from watching import open_files


def _numbers(path):
    """The lines `Name: number kB` of a file of /proc."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


@dataclasses.dataclass
class Sample:
    seconds: float
    rss_mib: float
    pss_mib: float
    files: int
    threads: int
    ok: int
    refused: int
    errors: int
    error_texts: list
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, server, seconds, answers):
        process = pathlib.Path(f"/proc/{server.process.pid}")
        status, maps = _numbers(process / "status"), _numbers(process / "smaps_rollup")
        return cls(seconds=seconds, rss_mib=status["VmRSS"] / 1024, pss_mib=maps["Pss"] / 1024, files=open_files(server),
                   threads=status["Threads"], ok=answers.ok, refused=answers.refused, errors=len(answers.errors),
                   error_texts=answers.errors, p50_ms=answers.p50_ms, p99_ms=answers.p99_ms)


def settled_files(server, most=0, seconds=30):
    """Open files once they are at most so many, or have stopped changing for a second, or after so many seconds."""
    end, count, since = time.monotonic() + seconds, open_files(server), time.monotonic()
    while time.monotonic() < end and count > most:
        time.sleep(0.1)
        now = open_files(server)
        if now != count:
            count, since = now, time.monotonic()
        elif not most and time.monotonic() - since > 1:
            break
    return count
