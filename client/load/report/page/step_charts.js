// A search or a sweep: what became of each rate or concurrency that was tried.

const stepFields = [['p50', 'p50_ms'], ['p90', 'p90_ms'], ['p99', 'p99_ms']];
const stepUnit = (run) => run.step_kind === 'rate' ? 'offered, requests a second' : 'requests in the air';
const stepText = (run, asked) => run.step_kind === 'rate' ? rateText(asked) : `${asked} in the air`;

// Steps of the same rate become one point.
function meanByAsked(steps, value) {
  const groups = new Map();
  for (const step of steps) groups.set(step.asked, [...(groups.get(step.asked) || []), value(step)].filter(known));
  return [...groups].sort(([a], [b]) => a - b).map(([asked, values]) => [asked, values.length > 0 ? values.reduce((sum, each) => sum + each, 0) / values.length : null]);
}

// Each trial: a dot where it kept the objective, a cross where it did not.
function drawTrials(runs, value, svg, place) {
  runs.forEach((run, i) => {
    for (const step of run.steps) {
      if (!known(value(step))) continue;
      const [x, y] = [place.x(step.asked), place.y(value(step))];
      const color = runs.length > 1 ? runColors[i] : step.kept ? 'var(--first)' : 'var(--bad)';
      if (step.kept) svg.append(shape('circle', {class: 'kept', cx: x, cy: y, r: 4, fill: color, stroke: 'var(--card)', 'stroke-width': 1}));
      else svg.append(shape('path', {class: 'broken', d: `M${x - 4.5} ${y - 4.5}l9 9m0 -9l-9 9`, stroke: color, 'stroke-width': 2.2}));
    }
  });
}

const capacityAt = (run) => run.step_kind === 'rate' ? run.capacity.per_s : run.capacity.concurrency;

// Of two, the lower one is named to the left of its line, the higher one to the right.
function drawCapacity(runs, svg, place) {
  const found = runs.filter((run) => run.capacity && known(run.capacity.per_s));
  const highest = Math.max(...found.map(capacityAt));
  for (const run of found) {
    const i = runs.indexOf(run);
    const x = place.x(capacityAt(run));
    const color = runs.length > 1 ? runColors[i] : 'var(--good)';
    svg.append(shape('line', {class: 'capacity', x1: x, x2: x, y1: place.top, y2: place.bottom, stroke: color, 'stroke-width': 1.5, 'stroke-dasharray': '5 4'}));
    const text = `${runs.length > 1 ? `${letters[i]} ` : ''}${rateText(run.capacity.per_s)}`;
    const right = found.length > 1 ? capacityAt(run) === highest && i > 0 : x < (place.left + place.right) / 2;
    svg.append(shape('text', {class: 'said', x: x + (right ? 6 : -6), y: place.bottom - 8, 'text-anchor': right ? 'start' : 'end'}, text));
  }
}

// "p99 <= 50 ms" as a line where it can be read so.
function objectiveOf(run) {
  const found = /^\s*(p[\d.]+)\s*(?:<=?|=)\s*([\d.]+)\s*(ms|s)\s*$/.exec(run.capacity ? run.capacity.objective : '');
  return found ? {name: found[1], ms: Number(found[2]) * (found[3] === 's' ? 1000 : 1)} : null;
}

// From 0 on, unless all trials lie far from it.
function stepAxis(runs) {
  const asked = runs.flatMap((run) => run.steps.map((step) => step.asked));
  const [low, high] = [Math.min(...asked), Math.max(...asked)];
  return (count) => {
    if (low < 0.4 * high || low === high) return linearAxis(0, high, count, grouped);
    const step = stepOf(low, high, count);
    return linearAxis(Math.floor(low / step - 0.2) * step, high, count, grouped);
  };
}

function tellStep(runs, stops, rowsOf) {
  return (at) => ({
    title: stepText(runs[0], stops[at]),
    rows: runs.flatMap((run, i) => run.steps.filter((step) => step.asked === stops[at]).flatMap((step) => rowsOf(step, runs.length > 1 ? `${letters[i]} ` : ''))),
  });
}

const stopsOf = (runs) => [...new Set(runs.flatMap((run) => run.steps.map((step) => step.asked)))].sort((a, b) => a - b);

function stepThroughput(runs) {
  return () => {
    const stops = stopsOf(runs);
    const series = runs.map((run, i) => ({
      name: runs.length > 1 ? `${letters[i]} answered OK` : 'answered OK', color: runColors[i],
      points: meanByAsked(run.steps, (step) => step.achieved_per_s),
    }));
    if (runs[0].step_kind === 'rate') {
      series.unshift({name: 'as offered', color: 'var(--muted)', dash: '4 4', width: 1.5, points: [[Math.min(...stops), Math.min(...stops)], [Math.max(...stops), Math.max(...stops)]]});
    }
    return {
      series, stops, gridX: false,
      label: 'Throughput of each step', xTitle: stepUnit(runs[0]), yTitle: 'answered OK, requests a second',
      xAxis: stepAxis(runs),
      yAxis: (count) => linearAxis(0, Math.max(1e-9, ...series.flatMap((each) => each.points.map(([, y]) => y || 0))), count),
      over: (svg, place) => {
        drawTrials(runs, (step) => step.achieved_per_s, svg, place);
        drawCapacity(runs, svg, place);
      },
      tell: tellStep(runs, stops, (step, prefix) => [[{name: `${prefix}answered`}, rateText(step.achieved_per_s)], [{name: `${prefix}errors`}, shareText(step.error_share)]]),
    };
  };
}

function stepLatency(runs) {
  return () => {
    const stops = stopsOf(runs);
    const objective = objectiveOf(runs[0]);
    const field = stepFields.find(([name]) => name === (objective ? objective.name : state.percentile)) || stepFields[2];
    const series = runs.length > 1
      ? runs.map((run, i) => ({name: `${letters[i]} ${field[0]}`, color: runColors[i], points: meanByAsked(run.steps, (step) => step[field[1]])}))
      : stepFields.map(([name, key]) => ({name, color: windowColors[name], points: meanByAsked(runs[0].steps, (step) => step[key])}));
    const values = [...series.flatMap((each) => each.points.map(([, y]) => y)), ...runs.flatMap((run) => run.steps.map((step) => step[field[1]]))];
    if (objective) values.push(objective.ms);
    return {
      series: series.filter((each) => each.points.some(([, y]) => known(y))), stops, gridX: false,
      label: 'Latency of each step', xTitle: stepUnit(runs[0]), yTitle: 'latency, ms',
      xAxis: stepAxis(runs),
      yAxis: latencyAxis(values),
      over: (svg, place) => {
        if (objective) {
          const y = place.y(objective.ms);
          svg.append(shape('line', {x1: place.left, x2: place.right, y1: y, y2: y, stroke: 'var(--bad)', 'stroke-width': 1.5, 'stroke-dasharray': '5 4'}));
          svg.append(shape('text', {class: 'said', x: place.right - 4, y: y - 6, 'text-anchor': 'end'}, runs[0].capacity.objective));
        }
        drawTrials(runs, (step) => step[field[1]], svg, place);
        drawCapacity(runs, svg, place);
      },
      tell: tellStep(runs, stops, (step, prefix) => [...stepFields.map(([name, key]) => [{name: prefix + name}, msText(step[key])]),
                                                     [{name: `${prefix}objective`}, step.kept ? 'kept' : 'broken']]),
    };
  };
}
