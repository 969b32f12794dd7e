// The verdict on two runs.

const verdictKinds = {worse: 'bad', better: 'good', same: 'plain', 'cannot be told': 'plain'};

function verdictNotice(comparison, names) {
  return node('section', {class: `notice ${comparison.refusals.length > 0 ? 'bad' : verdictKinds[comparison.verdict]}`},
    node('p', {class: 'verdict'}, comparison.sentence),
    legendOf(names.map((name, i) => ({name: `${letters[i]}: ${name}`, color: runColors[i], look: 'fill'}))));
}

// Changes with their intervals about a line of no change. What is better lies on either side, by the figure.
function drawChanges(box, comparison) {
  const figures = comparison.figures.filter((figure) => !figure.is_share && known(figure.change));
  const width = Math.max(240, box.clientWidth);
  const left = Math.min(170, width * 0.36);
  const ends = figures.flatMap((figure) => [figure.change, ...(figure.interval ? [figure.interval.low, figure.interval.high] : [])]);
  // A change of many times its size would squeeze the others: such are cut and marked with an arrow.
  const reach = Math.min(1, Math.max(0.05, ...ends.map(Math.abs)) * 1.08);
  const axis = linearAxis(-reach, reach, Math.max(2, Math.floor((width - left) / 65)), (value) => `${value > 0 ? '+' : ''}${Number((100 * value).toFixed(1))} %`);
  const place = (change) => left + (Math.max(-reach, Math.min(reach, change)) + reach) / (2 * reach) * (width - left - 16);
  const bottom = 28 * figures.length + 6;
  const svg = shape('svg', {viewBox: `0 0 ${width} ${bottom + 44}`, height: bottom + 44, role: 'img', 'aria-label': 'Change of each figure from A to B, with its interval'});
  for (const tick of axis.ticks.filter((each) => Math.abs(each) <= reach)) {
    svg.append(shape('line', {class: tick === 0 ? 'cross' : 'grid', x1: place(tick), x2: place(tick), y1: 0, y2: bottom}));
    svg.append(shape('text', {x: place(tick), y: bottom + 16, 'text-anchor': 'middle'}, axis.label(tick)));
  }
  svg.append(shape('text', {class: 'title', x: (left + width) / 2, y: bottom + 36, 'text-anchor': 'middle'}, 'change from A to B'));
  figures.forEach((figure, i) => {
    const y = 28 * i + 18;
    const color = {worse: 'var(--bad)', better: 'var(--good)'}[figure.verdict] || 'var(--muted)';
    svg.append(shape('text', {class: 'title', x: 0, y: y + 4}, figure.name));
    if (figure.interval) {
      const [low, high] = [place(figure.interval.low), place(figure.interval.high)];
      svg.append(shape('line', {class: 'interval', x1: low, x2: high, y1: y, y2: y, stroke: color, 'stroke-width': 3, 'stroke-linecap': 'round', opacity: 0.55}));
    }
    const x = place(figure.change);
    const beyond = Math.abs(figure.change) > reach;
    const mark = beyond ? `M${x} ${y}l${figure.change > 0 ? -8 : 8} -5v10z` : `M${x} ${y - 6}l6 6l-6 6l-6 -6z`;
    svg.append(shape('path', {class: 'change', d: mark, fill: color}, shape('title', {}, `${figure.change_text} (${figure.interval_text})`)));
  });
  box.replaceChildren(svg);
}

function comparisonCard(comparison) {
  const box = node('div', {class: 'chart'});
  redraws.push(() => drawChanges(box, comparison));
  new ResizeObserver(() => drawChanges(box, comparison)).observe(box);
  const rows = comparison.figures.map((figure) => [figure.name, figure.a_text, figure.b_text, figure.change_text, figure.interval_text, {text: figure.verdict, kind: figure.verdict}, figure.how]);
  return card('Change from A to B', 'Bars: 99 % intervals of a typical window. A difference counts where its interval leaves out 0 and it is larger than the tolerance.', box,
              table(['', '#A', '#B', '#change', '#99 % interval', 'verdict', 'by'], rows));
}

function comparisonNotices(comparison) {
  return [
    notice('bad', 'Different kinds of run: their figures do not mean the same', comparison.refusals),
    notice('', 'Not the same trial', comparison.differences),
    notice('', 'To be kept in mind', comparison.cautions),
    notice('plain', 'What differs in version or place', comparison.versions),
  ];
}
