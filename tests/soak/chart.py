"""The samples over time as an SVG, drawn by hand: three panels, one above the other, each from 0 on."""
import math

PANELS = (("resident memory, MiB", (("rss_mib", "#1f77b4", "RSS"), ("pss_mib", "#9ecae1", "PSS"))),
          ("open files and threads", (("files", "#2ca02c", "files"), ("threads", "#ff7f0e", "threads"))),
          ("latency, ms", (("p50_ms", "#d62728", "p50"), ("p99_ms", "#f5a3a3", "p99"))))
WIDTH, HEIGHT, LEFT, TOP, GAP = 900, 180, 70, 30, 50


def _ticks(most):
    """0 and up to five more round numbers at equal distances, the last of them at least `most`."""
    rough = most / 5 if most > 0 else 1
    decade = 10 ** math.floor(math.log10(rough))
    step = next(factor * decade for factor in (1, 2, 2.5, 5, 10) if factor * decade >= rough * (1 - 1e-9))
    return [step * i for i in range(math.ceil(most / step * (1 - 1e-9)) + 1)] if most > 0 else [0, 1]


def _panel(title, lines, samples, top, warm_up):
    most_seconds = samples[-1].seconds or 1
    ticks = _ticks(max(getattr(sample, name) for name, _, _ in lines for sample in samples))

    def x(seconds):
        return LEFT + (WIDTH - LEFT - 20) * seconds / most_seconds

    def y(value):
        return top + HEIGHT * (1 - value / ticks[-1])
    parts = [f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>',
             f'<rect x="{x(0):.1f}" y="{top}" width="{x(warm_up) - x(0):.1f}" height="{HEIGHT}" fill="#f2f2f2"/>']
    for value in ticks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    for minutes in _ticks(most_seconds / 60):
        if x(60 * minutes) > WIDTH - 100:  # where the time of the end stands
            continue
        parts.append(f'<text x="{x(60 * minutes):.1f}" y="{top + HEIGHT + 16}" text-anchor="middle">{minutes:g}</text>')
    for number, (name, color, label) in enumerate(lines):
        points = " ".join(f"{x(sample.seconds):.1f},{y(getattr(sample, name)):.1f}" for sample in samples)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>'
                     f'<text x="{WIDTH - 140 + 70 * number}" y="{top - 8}" fill="{color}">{label}</text>')
    parts.append(f'<text x="{WIDTH - 20}" y="{top + HEIGHT + 16}" text-anchor="end">{most_seconds / 60:.1f} min</text>')
    return "\n".join(parts)


def svg(samples, warm_up):
    """`samples`: at least one. The time of the warm-up is gray."""
    height = TOP + len(PANELS) * (HEIGHT + GAP)
    panels = (_panel(title, lines, samples, TOP + number * (HEIGHT + GAP), warm_up) for number, (title, lines) in enumerate(PANELS))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + "\n".join(panels) + "\n</svg>\n")
