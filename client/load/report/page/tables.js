// Tables, tiles and notices.

// table(['name', '#p50'], [[...], ...]): a column whose title begins with # holds numbers. A cell is a text, or
// {text, kind} with a class, or a node.
function table(titles, rows) {
  const numeric = titles.map((title) => title.startsWith('#'));
  const cell = (value, i) => {
    const {text, kind} = value !== null && typeof value === 'object' && !(value instanceof Node) ? value : {text: value, kind: ''};
    return node('td', {class: [numeric[i] ? 'number' : 'text', kind].filter(Boolean).join(' ')}, text);
  };
  return node('div', {class: 'wide'}, node('table', {},
    node('thead', {}, node('tr', {}, ...titles.map((title, i) => node('th', {class: numeric[i] ? 'number' : null, scope: 'col'}, title.replace('#', ''))))),
    node('tbody', {}, ...rows.map((row) => node('tr', {}, ...row.map(cell))))));
}

function card(title, told, ...children) {
  return node('section', {class: 'card', 'aria-label': title}, node('h2', {}, title), told ? node('p', {class: 'told'}, told) : '', ...children);
}

const half = (element) => {
  element.classList.add('half');
  return element;
};

function notice(kind, title, lines) {
  if (lines.length === 0) return null;
  return node('section', {class: `notice ${kind}`}, node('h2', {}, title), node('ul', {}, ...lines.map((line) => node('li', {}, line))));
}

function tile(title, value, unit, told, bad = false) {
  return node('div', {class: bad ? 'tile bad' : 'tile'}, node('b', {}, title), node('strong', {}, value, unit ? node('small', {}, ` ${unit}`) : ''), node('span', {}, told));
}

function percentileTile(run, percentile) {
  const head = headOf(run);
  const entry = head.percentiles.find((each) => Math.abs(each.percentile - percentile) < 1e-9);
  if (!entry) return null;
  const name = percentileName(percentile);
  if (!known(entry.value_ms)) return tile(name, 'refused', '', `needs ${grouped(entry.needed_samples)} samples, has ${grouped(head.count)}`);
  const interval = entry.interval ? `95 %: ${threeDigits(entry.interval.low)} to ${threeDigits(entry.interval.high)} ms` : 'no interval';
  return tile(name, threeDigits(entry.value_ms), 'ms', interval);
}

function capacityTile(capacity) {
  const objective = capacity.objective || 'the objective';
  if (!known(capacity.per_s)) return tile('capacity', 'none', '', `no rate kept ${objective}`, true);
  return tile('capacity', rateText(capacity.per_s), '', capacity.concurrency > 0 ? `with ${capacity.concurrency} in the air` : `highest that kept ${objective}`);
}

function tiles(run) {
  const errors = errorsOf(run);
  const answered = run.codes.reduce((sum, code) => sum + code.count, 0);
  const list = [
    run.capacity ? capacityTile(run.capacity) : null,
    tile('good', rateText(run.good_per_s), '', run.plan.loop === 'open' ? `of ${rateText(run.offered_per_s)} offered` : `${grouped(run.plan.concurrency)} in the air`),
    percentileTile(run, 50), percentileTile(run, 90), percentileTile(run, 99), percentileTile(run, 99.9),
    headOf(run).count > 0 ? tile('slowest', threeDigits(headOf(run).max_ms), 'ms', `of ${grouped(headOf(run).count)} answers`) : null,
    tile('errors', answered > 0 ? shareText(errors / answered) : '-', '', `${grouped(errors)} of ${grouped(answered)}`, errors > 0),
    run.plan.loop === 'open' ? tile('sent late', grouped(run.late), '', run.late > 0 ? `by more than ${run.late_after_ms} ms; worst ${threeDigits(run.worst_late_ms)} ms` : `by more than ${run.late_after_ms} ms`) : null,
    run.never_sent > 0 ? tile('never sent', grouped(run.never_sent), '', `${grouped(run.plan.max_outstanding)} were in the air`, true) : null,
    tile('client', shareText(run.client_cpu_share), '', `of ${run.environment.cpus} CPUs`),
  ];
  return node('div', {class: 'tiles'}, ...list);
}

// Rows of a latency summary beside another one.
function latencyTable(run) {
  const [head, sending] = [headOf(run), run.from_sending];
  const open = run.plan.loop === 'open';
  const rows = head.percentiles.map((entry) => {
    const name = percentileName(entry.percentile);
    if (!known(entry.value_ms)) return [name, {text: `needs ${grouped(entry.needed_samples)} samples`, kind: 'refusal'}, '', ''];
    const other = sending.percentiles.find((each) => each.percentile === entry.percentile);
    return [name, threeDigits(entry.value_ms), entry.interval ? `${threeDigits(entry.interval.low)} to ${threeDigits(entry.interval.high)}` : '-', other ? threeDigits(other.value_ms) : '-'];
  });
  for (const [name, field] of [['max', 'max_ms'], ['mean', 'mean_ms'], ['min', 'min_ms'], ['std. dev.', 'stddev_ms']]) {
    rows.push([name, threeDigits(head[field]), '', threeDigits(sending[field])]);
  }
  const columns = open ? 4 : 3;
  return table(['', open ? '#from intention' : '#from sending', '#95 % interval', '#from sending'].slice(0, columns), rows.map((row) => row.slice(0, columns)));
}

function windowTable(run) {
  const rows = run.windows.map((w) => [clockText(w.start_ms / 1000), rateText(w.offered_per_s), rateText(w.achieved_per_s), grouped(w.errors),
                                      ...windowFields.map(([, field]) => threeDigits(w[field]))]);
  return node('details', {}, node('summary', {}, `The ${rows.length} windows as a table`), table(['#from', '#offered', '#answered OK', '#errors', '#p50, ms', '#p90, ms', '#p99, ms', '#max, ms'], rows));
}

function errorTable(run) {
  const answered = run.codes.reduce((sum, code) => sum + code.count, 0);
  return table(['answer', '#count', '#share', '', 'for example'], run.codes.map((code) => {
    const bar = node('div', {class: code.code === 'OK' ? 'bar ok' : 'bar'});
    bar.style.width = `${Math.max(2, 120 * code.count / Math.max(1, answered))}px`;
    return [code.code, grouped(code.count), shareText(code.count / Math.max(1, answered)), bar, code.example];
  }));
}

function stepTable(run) {
  const rows = run.steps.map((step) => [stepText(run, step.asked), rateText(step.achieved_per_s), threeDigits(step.p50_ms), threeDigits(step.p90_ms), threeDigits(step.p99_ms), shareText(step.error_share),
                                       step.kept ? 'kept' : {text: `broken: ${step.why}`, kind: 'bad'}]);
  return table(['#asked', '#answered OK', '#p50, ms', '#p90, ms', '#p99, ms', '#errors', 'objective'], rows);
}

// Each stage of each run; two runs stand side by side.
function stageTable(runs) {
  const stagesOf = (run) => [...run.server_stages.map((stage) => ({...stage, name: `server: ${stage.name}`})), ...run.client_stages.map((stage) => ({...stage, name: `client: ${stage.name}`}))];
  const names = [...new Set(runs.flatMap((run) => stagesOf(run).map((stage) => stage.name)))];
  const fields = [['mean', 'mean_ms'], ['p50', 'p50_ms'], ['p99', 'p99_ms']];
  const prefix = (i) => both ? `${letters[runs.length > 1 ? i : data.runs.indexOf(runs[0])]} ` : '';
  const titles = fields.flatMap(([title]) => runs.map((_, i) => `#${prefix(i)}${title}, ms`));
  const rows = names.map((name) => [name, ...fields.flatMap(([, field]) => runs.map((run) => threeDigits((stagesOf(run).find((stage) => stage.name === name) || {})[field])))]);
  return table(['stage', ...titles], rows);
}

function factTable(facts) {
  const titles = [...new Set(facts.flatMap((each) => each.map(([label]) => label)))];
  const valueOf = (each, title) => (each.find(([label]) => label === title) || ['', ''])[1];
  return node('div', {class: 'wide'}, node('table', {class: 'facts'},
    facts.length > 1 ? node('thead', {}, node('tr', {}, node('th'), ...facts.map((_, i) => node('th', {scope: 'col'}, letters[i])))) : '',
    node('tbody', {}, ...titles.map((title) => node('tr', {}, node('th', {scope: 'row'}, title), ...facts.map((each) => node('td', {}, valueOf(each, title))))))));
}
