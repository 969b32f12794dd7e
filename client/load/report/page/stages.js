// Where a request's time goes: the server's stages beside what the client saw. Means, for they add up; percentiles do not.

const stageColors = [1, 2, 3, 4, 5, 6].map((kind) => `var(--kind-${kind})`);

// Stages that add up: "total" is the others and what lies between them.
const partsOf = (run) => run.server_stages.filter((stage) => stage.name !== 'total');

// Of the client's mean, what the server's stages do not account for.
function outsideOf(run) {
  const inside = partsOf(run).reduce((sum, stage) => sum + stage.mean_ms, 0);
  return Math.max(0, run.from_sending.mean_ms - inside);
}

function segmentsOf(run, names) {
  const list = partsOf(run).map((stage) => ({name: stage.name, ms: stage.mean_ms, color: stageColors[names.indexOf(stage.name) % stageColors.length]}));
  return [...list, {name: 'the rest', ms: outsideOf(run), color: 'var(--kind-7)'}];
}

function drawStages(box, runs) {
  const names = [...new Set(runs.flatMap((run) => partsOf(run).map((stage) => stage.name)))];
  const width = Math.max(240, box.clientWidth);
  const left = runs.length > 1 ? 20 : 0;
  const total = Math.max(...runs.map((run) => segmentsOf(run, names).reduce((sum, part) => sum + part.ms, 0))) || 1;
  const axis = linearAxis(0, total, Math.max(2, Math.floor(width / 60)));
  const place = (ms) => left + ms / axis.high * (width - left - 14);
  const height = 34 * runs.length + 44;
  const svg = shape('svg', {viewBox: `0 0 ${width} ${height}`, height, role: 'img', 'aria-label': 'Mean time of a request by stage'});
  for (const tick of axis.ticks) {
    svg.append(shape('line', {class: 'grid', x1: place(tick), x2: place(tick), y1: 0, y2: 34 * runs.length}));
    svg.append(shape('text', {x: place(tick), y: 34 * runs.length + 16, 'text-anchor': tick === 0 ? 'start' : 'middle'}, axis.label(tick)));
  }
  svg.append(shape('text', {class: 'title', x: width / 2, y: height - 4, 'text-anchor': 'middle'}, 'mean, ms'));
  runs.forEach((run, i) => {
    if (left > 0) svg.append(shape('text', {class: 'said', x: 0, y: 34 * i + 20}, letters[i]));
    let at = 0;
    for (const part of segmentsOf(run, names)) {
      const [x, end] = [place(at), place(at + part.ms)];
      at += part.ms;
      if (end - x < 0.3) continue;
      const title = shape('title', {}, `${part.name}: ${msText(part.ms)}`);
      svg.append(shape('rect', {class: 'stage', x: x + 0.5, y: 34 * i + 3, width: Math.max(0.5, end - x - 1), height: 25, rx: 3, fill: part.color}, title));
    }
  });
  box.replaceChildren(svg, legendOf(segmentsOf(runs[0], names).map((part) => ({...part, look: 'fill'}))));
}

function stageBox(runs) {
  const box = node('div', {class: 'chart'});
  let width = 0;
  redraws.push(() => drawStages(box, runs));
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    drawStages(box, runs);
  }).observe(box);
  return box;
}
