"""The table of a run in Markdown, as tests/README.md keeps it."""
import statistics

import verdict


def _row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |\n"


def markdown(run, findings, arguments):
    holds = all(finding.holds for finding in findings)
    answers = sum(sample.ok for sample in run.samples)
    text = (f"{'PASSED' if holds else 'FAILED'}: {arguments.minutes:g} minutes, {arguments.lanes} lane(s), {answers:,} requests of the open loop at "
            f"{run.rate:.0f}/s ({run.capacity:.0f}/s in a closed loop), {sum(run.deeds.values()):,} of other kinds, {run.compared:,} answers "
            f"compared, {run.swaps} models swapped.\n\n")
    text += _row("what", "found", "bound", "") + "|---|---|---|---|\n"
    for finding in findings:
        text += _row(finding.what, finding.found, finding.bound, "holds" if finding.holds else "**does not hold**")
    text += "\n" + _row("quarter after the warm-up", "RSS, MiB", "PSS, MiB", "files", "threads", "p50, ms", "p99, ms") + "|---" * 7 + "|\n"
    warm = [sample for sample in run.samples if sample.seconds > verdict.warm_up_seconds(run.samples)]
    for number in range(4):
        part = warm[number * len(warm) // 4:(number + 1) * len(warm) // 4]
        if part:
            median = {name: statistics.median(getattr(sample, name) for sample in part)
                      for name in ("rss_mib", "pss_mib", "files", "threads", "p50_ms", "p99_ms")}
            text += _row(number + 1, f"{median['rss_mib']:.1f}", f"{median['pss_mib']:.1f}", f"{median['files']:.0f}",
                         f"{median['threads']:.0f}", f"{median['p50_ms']:.2f}", f"{median['p99_ms']:.2f}")
    problems = [f"differs: {name}" for name in run.differing] + run.unexpected + [text for s in run.samples for text in s.error_texts]
    if problems:
        text += "\n" + "".join(f"- {problem}\n" for problem in problems[:20])
    return text
