// The percentile curve: how slow the slowest of a hundred, a thousand, ten thousand are.

function curveSeries(runs) {
  const cut = (summary) => summary.curve.filter((point) => point.percentile < 100 && point.percentile <= supportedPercentile(summary.count) + 1e-9)
    .map((point) => [point.percentile, point.value_ms]);
  const [run] = runs;
  if (runs.length > 1) return runs.map((each, i) => ({name: `${letters[i]} ${fromText(each)}`, color: runColors[i], points: cut(headOf(each))}));
  const sending = {name: 'from sending', color: 'var(--kind-2)', points: cut(run.from_sending)};
  if (run.plan.loop !== 'open') return [{...sending, color: 'var(--first)'}];
  return [{name: 'from the moment it was due', color: 'var(--first)', points: cut(run.from_intention)}, {...sending, dash: '6 4'}];
}

// The intervals of the percentiles as whiskers.
function drawIntervals(runs, svg, place) {
  runs.forEach((run, i) => {
    for (const each of headOf(run).percentiles) {
      if (!known(each.value_ms) || !each.interval) continue;
      const x = place.x(each.percentile) + (runs.length > 1 ? 4 * i - 2 : 0);
      const [low, high] = [place.y(each.interval.low), place.y(each.interval.high)];
      svg.append(shape('path', {class: 'interval', d: `M${x - 4} ${low}H${x + 4}M${x} ${low}V${high}M${x - 4} ${high}H${x + 4}`, fill: 'none', stroke: runColors[i], 'stroke-width': 1.5}));
    }
  });
}

// What the samples do not support is shaded, not drawn.
function drawRefused(limit, svg, place) {
  const x = place.x(limit);
  svg.append(shape('rect', {class: 'refused', x, y: place.top, width: Math.max(0, place.right - x), height: place.bottom - place.top}));
  const text = shape('text', {x: (x + place.right) / 2, y: place.top + 16, 'text-anchor': 'middle'}, 'too few samples');
  if (place.right - x > 96) svg.append(text);
}

function valueAt(points, percentile) {
  const found = points.find(([x]) => x >= percentile - 1e-9);
  return found ? found[1] : null;
}

function percentileCurve(runs) {
  return () => {
    const series = curveSeries(runs);
    const limits = runs.map((run) => supportedPercentile(headOf(run).count));
    const limit = Math.max(...limits);
    const ticks = [90, 99, 99.9, 99.99, 99.999, 99.9999];
    const high = ticks.find((tick) => tick > limit * 1.0000001) || 99.9999;  // one nine more than is known
    const stops = [...new Set(series.flatMap((each) => each.points.map(([x]) => x)))].sort((a, b) => a - b);
    const intervals = runs.flatMap((run) => headOf(run).percentiles.filter((each) => known(each.value_ms) && each.interval).flatMap((each) => [each.interval.low, each.interval.high]));
    return {
      series, stops, gridX: true, marginRight: 22,
      label: 'Latency by percentile in milliseconds; each nine is as wide as the one before',
      xTitle: 'percentile of requests', yTitle: 'latency, ms',
      xAxis: () => ninesAxis(high),
      yAxis: latencyAxis([...series.flatMap((each) => each.points.map(([, y]) => y)), ...intervals]),
      under: (svg, place) => drawRefused(limit, svg, place),
      over: (svg, place) => drawIntervals(runs, svg, place),
      tell: (at) => ({title: stops[at] === 0 ? 'least' : percentileName(Number(stops[at].toFixed(stops[at] < 90 ? 1 : stops[at] < 99.9 ? 3 : 5))),
                      rows: series.map((each) => [each, msText(valueAt(each.points, stops[at]))])}),
    };
  };
}
