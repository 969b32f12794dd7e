// What happened over time: latency and throughput by windows.

const middleOf = (window) => (window.start_ms + window.length_ms / 2) / 1000;
const windowFields = [['p50', 'p50_ms'], ['p90', 'p90_ms'], ['p99', 'p99_ms'], ['max', 'max_ms']];
const windowColors = {p50: 'var(--step-1)', p90: 'var(--step-2)', p99: 'var(--step-3)', max: 'var(--muted)'};
const runColors = ['var(--first)', 'var(--second)'];
const letters = ['A', 'B'];

const headOf = (run) => run.plan.loop === 'open' ? run.from_intention : run.from_sending;
const fromText = (run) => run.plan.loop === 'open' ? 'from the moment a request was due' : 'from sending';

function errorsOf(run) {
  return run.codes.reduce((sum, code) => sum + (code.code === 'OK' ? 0 : code.count), 0);
}

function endOf(run) {
  const last = run.windows[run.windows.length - 1];
  return last ? (last.start_ms + last.length_ms) / 1000 : 1;
}

// A latency axis as the reader wants it; `values` are those that are drawn.
function latencyAxis(values) {
  const drawn = values.filter((value) => known(value) && value > 0);
  if (drawn.length === 0) return (count) => linearAxis(0, 1, count);
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const logarithmic = state.scale === 'log' || (state.scale === 'auto' && high / low > 12);
  return (count) => logarithmic ? logAxis(low, high) : linearAxis(0, high, count);
}

const windowText = (run) => run.windows.length > 0 ? `windows of ${clockText(run.windows[0].length_ms / 1000)}` : 'no windows';

// The run's percentiles, or one percentile of both runs.
function latencySeries(runs) {
  const [run] = runs;
  if (runs.length === 1) {
    return windowFields.map(([name, field]) => ({
      name,
      color: windowColors[name],
      look: name === 'max' ? 'dots' : 'line',
      points: run.windows.map((window) => [middleOf(window), window[field]]),
    })).filter((series) => series.points.some(([, y]) => known(y)));
  }
  const field = windowFields.find(([name]) => name === state.percentile)[1];
  return runs.map((each, i) => ({
    name: `${letters[i]} ${state.percentile}`,
    color: runColors[i],
    points: each.windows.map((window) => [middleOf(window), window[field]]),
  }));
}

// Windows with errors, as marks on the axis of time: the more errors, the fuller.
function errorMarks(runs) {
  return (svg, place) => runs.forEach((run, i) => {
    for (const window of run.windows) {
      if (window.errors === 0) continue;
      const [x, end] = [place.x(window.start_ms / 1000), place.x((window.start_ms + window.length_ms) / 1000)];
      const share = window.errors / (window.ok + window.errors);
      svg.append(shape('rect', {class: 'error-mark', opacity: Math.max(0.2, Math.sqrt(share)).toFixed(2), x, y: place.bottom - 4 - 5 * i, width: Math.max(1.5, end - x), height: 4,
                                fill: runs.length === 1 ? 'var(--bad)' : runColors[i]}));
    }
  });
}

function latencyOverTime(runs) {
  return () => {
    const series = latencySeries(runs);
    const longest = runs.reduce((best, run) => run.windows.length > best.windows.length ? run : best, runs[0]);
    const stops = longest.windows.map(middleOf);
    return {
      series, stops,
      label: `Latency over time in milliseconds, ${windowText(longest)}`,
      xTitle: 'time since the measured time began', yTitle: 'latency, ms', gridX: false,
      xAxis: (count) => timeAxis(Math.max(...runs.map(endOf)), count),
      yAxis: latencyAxis(series.flatMap((each) => each.points.map(([, y]) => y))),
      over: errorMarks(runs),
      tell: (at) => ({
        title: `at ${clockText(stops[at])}`,
        rows: [...series.map((each) => [each, msText((each.points[at] || [])[1])]),
               ...runs.map((run, i) => [{name: runs.length > 1 ? `${letters[i]} errors` : 'errors'}, run.windows[at] ? grouped(run.windows[at].errors) : '-'])],
      }),
    };
  };
}

function throughputSeries(runs) {
  return runs.flatMap((run, i) => {
    const prefix = runs.length > 1 ? `${letters[i]} ` : '';
    const of = (value) => run.windows.map((window) => [middleOf(window), value(window)]);
    const list = [{name: `${prefix}answered OK`, color: runs.length > 1 ? runColors[i] : 'var(--first)', points: of((w) => w.achieved_per_s)}];
    if (run.plan.loop === 'open') {
      list.unshift({name: `${prefix}offered`, color: runs.length > 1 ? runColors[i] : 'var(--muted)', dash: '4 4', width: 1.5, points: of((w) => w.offered_per_s)});
    }
    if (run.windows.some((window) => window.errors > 0)) {
      list.push({name: `${prefix}errors`, color: 'var(--bad)', dash: i > 0 ? '7 3' : '', points: of((w) => w.length_ms > 0 ? 1000 * w.errors / w.length_ms : null)});
    }
    return list;
  });
}

function throughputOverTime(runs) {
  return () => {
    const series = throughputSeries(runs);
    const longest = runs.reduce((best, run) => run.windows.length > best.windows.length ? run : best, runs[0]);
    const stops = longest.windows.map(middleOf);
    return {
      series, stops,
      label: 'Requests offered and answered a second over time',
      xTitle: 'time since the measured time began', yTitle: 'requests a second', gridX: false,
      xAxis: (count) => timeAxis(Math.max(...runs.map(endOf)), count),
      yAxis: (count) => linearAxis(0, Math.max(1e-9, ...series.flatMap((each) => each.points.map(([, y]) => y || 0))), count),
      tell: (at) => ({title: `at ${clockText(stops[at])}`, rows: series.map((each) => [each, rateText((each.points[at] || [])[1])])}),
    };
  };
}
