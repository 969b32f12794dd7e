// The page of one run, or of two side by side.

const data = JSON.parse(document.getElementById('data').textContent);
const runs = data.runs;
const both = runs.length > 1;
const state = {
  scale: 'auto',  // of latencies: auto, linear, log
  percentile: ['p99', 'p90', 'p50', 'max'].find((name) => runs.every((run) => run.windows.some((window) => known(window[`${name}_ms`])))) || 'p50',
};

function choice(legend, name, options) {
  return node('fieldset', {}, node('legend', {}, legend), ...options.map(([value, text]) => {
    const input = node('input', {type: 'radio', name, value, checked: state[name] === value ? '' : false});
    input.addEventListener('change', () => {
      state[name] = value;
      for (const redraw of redraws) redraw();
    });
    return node('label', {}, input, text);
  }));
}

function noticesOf(run) {
  const failed = run.checks.filter((check) => check.failed);
  const passed = run.checks.filter((check) => !check.failed);
  return [
    notice('bad', 'Failed: --fail-if', failed.map((check) => `${check.condition}: got ${check.got}`)),
    notice('good', 'Passed: --fail-if', passed.map((check) => `${check.condition}: got ${check.got}`)),
    notice('', 'Warnings', data.warnings),
  ];
}

function replayCard(run) {
  if (!run.replay) return null;
  const {replay} = run;
  const told = `${grouped(replay.changed)} of ${grouped(replay.compared)} answers differ from those in ${replay.record}.`;
  return card('Answers against the record', told, replay.examples.length === 0 ? '' : table(['#request', 'picture', 'recorded', 'got'], replay.examples.map((each) => [grouped(each.request), each.picture, each.recorded, each.got])));
}

// A chart with its legend, which follows what is drawn.
function drawn(make) {
  const legend = node('div');
  const box = chartBox(() => {
    const chart = make();
    legend.replaceChildren(legendOf(chart.series));
    return chart;
  });
  return [legend, box];
}

function stepCards(measured) {
  if (measured.length === 0) return [];
  const trials = measured.some((run) => run.steps.some((step) => !step.kept)) ? 'Dots kept the objective, crosses broke it.' : '';
  return [
    half(card('Throughput by step', trials, ...drawn(stepThroughput(measured)))),
    half(card('Latency by step', trials, ...drawn(stepLatency(measured)))),
    ...measured.map((run) => card(both ? `Steps of ${letters[runs.indexOf(run)]}` : 'Steps', run.capacity ? run.capacity.note : '', stepTable(run))),
  ];
}

function timeCards(measured) {
  if (measured.length === 0) return [];
  const errors = measured.some((run) => run.windows.some((window) => window.errors > 0)) ? ' Marks on the axis: windows with errors, the fuller the more.' : '';
  const [run] = measured;
  const found = run.capacity && known(run.capacity.per_s) ? stepText(run, Number(capacityAt(run).toFixed(1))) : 'one step';
  const step = !both && run.steps.length > 0 ? `Of ${found}. ` : '';
  return [
    card('Latency over time', `${step}By ${windowText(measured[0])}, ${fromText(measured[0])}.${errors}`, ...drawn(latencyOverTime(measured)), ...(both ? [] : [windowTable(measured[0])])),
    half(card('Throughput over time', `By ${windowText(measured[0])}.`, ...drawn(throughputOverTime(measured)))),
  ];
}

function curveCards(measured) {
  if (measured.length === 0) return [];
  const whiskers = measured.some((run) => headOf(run).percentiles.some((each) => each.interval)) ? ' Whiskers: 95 % intervals.' : '';
  const told = `Grey: too few samples, of which ten must lie beyond.${whiskers}`;
  return [half(card('Latency by percentile', told, ...drawn(percentileCurve(measured))))];
}

function build() {
  const stepped = runs.filter((run) => run.steps.length > 0);
  const timed = runs.filter((run) => run.windows.length > 0);
  const curved = runs.filter((run) => headOf(run).curve.length > 0);
  const staged = runs.filter((run) => run.server_stages.length > 0);
  const all = [
    ...(both ? [verdictNotice(data.comparison, data.names), ...comparisonNotices(data.comparison)] : noticesOf(runs[0])),
    both ? comparisonCard(data.comparison) : tiles(runs[0]),
    timed.length + curved.length + stepped.length === 0 ? null : node('div', {class: 'controls'},
      choice('Latency axis', 'scale', [['auto', 'as it fits'], ['linear', 'linear'], ['log', 'logarithmic']]),
      both && timed.length > 0 ? choice('Over time', 'percentile', [['p50', 'p50'], ['p90', 'p90'], ['p99', 'p99'], ['max', 'slowest']]) : ''),
    ...stepCards(stepped.length === runs.length ? stepped : []),
    ...timeCards(timed.length === runs.length ? timed : []),
    ...curveCards(curved.length === runs.length ? curved : []),
    ...runs.map((run, i) => headOf(run).count > 0 ? half(card(both ? `Latency of ${letters[i]}, ms` : 'Latency, ms', '', latencyTable(run))) : null),
    staged.length > 0 ? (both ? (each) => each : half)(card('Where the time goes', 'The server\'s stages and the rest of what the client saw from sending on, mean of a request. Means add up, percentiles do not.', stageBox(staged), stageTable(staged))) : null,
    ...runs.map((run, i) => (both ? half : (each) => each)(card(both ? `Answers of ${letters[i]}` : 'Answers', errorsOf(run) === 0 ? 'All answers were OK.' : '', errorTable(run)))),
    ...runs.map(replayCard),
    card(both ? 'What was asked' : 'What was asked, of whom', '', factTable(data.facts)),
  ].filter((each) => each !== null && each !== '');
  document.querySelector('header').append(node('p', {class: 'lead'}, data.lead));
  document.getElementById('page').append(...all);
  for (const redraw of redraws) redraw();
}

build();
