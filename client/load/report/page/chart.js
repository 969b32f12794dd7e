// A chart in SVG, drawn anew whenever its width changes. Texts come by textContent only.

const svgSpace = document.getElementById('space').namespaceURI;

// node('p', {class: 'told'}, 'text', child, ...)
function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false && value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// How a series looks in a legend.
function keyOf(series) {
  const svg = shape('svg', {viewBox: '0 0 18 10', 'aria-hidden': 'true'});
  const line = {x1: 0, x2: 18, y1: 5, y2: 5, stroke: series.color, 'stroke-width': 2.5};
  if (series.dash) line['stroke-dasharray'] = series.dash;
  if (series.look === 'dots') svg.append(shape('circle', {cx: 9, cy: 5, r: 3, fill: series.color}));
  else if (series.look === 'fill') svg.append(shape('rect', {x: 2, width: 14, height: 10, rx: 2, fill: series.color}));
  else svg.append(shape('line', line));
  return svg;
}

function legendOf(seriesList) {
  return node('ul', {class: 'legend'}, ...seriesList.map((series) => node('li', {}, keyOf(series), series.name)));
}

// Pieces of a series without its gaps.
function piecesOf(points) {
  const pieces = [[]];
  for (const point of points) {
    if (known(point[1])) pieces[pieces.length - 1].push(point);
    else if (pieces[pieces.length - 1].length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}

function drawSeries(svg, series, place) {
  if (series.look === 'dots') {
    for (const [x, y] of series.points) {
      if (known(y)) svg.append(shape('circle', {cx: place.x(x), cy: place.y(y), r: 2.2, fill: series.color}));
    }
    return;
  }
  for (const piece of piecesOf(series.points)) {
    const path = piece.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${place.x(x).toFixed(1)} ${place.y(y).toFixed(1)}`).join('');
    if (piece.length === 1) {
      svg.append(shape('circle', {cx: place.x(piece[0][0]), cy: place.y(piece[0][1]), r: 2.5, fill: series.color}));
    } else {
      const line = {d: path, fill: 'none', stroke: series.color, 'stroke-width': series.width || 2, 'stroke-linejoin': 'round'};
      if (series.dash) line['stroke-dasharray'] = series.dash;
      svg.append(shape('path', line));
    }
  }
}

function drawAxes(svg, place, chart) {
  const {left, right, top, bottom} = place;
  let lastEnd = -Infinity;
  for (const tick of place.yAxis.ticks) {
    const y = place.y(tick);
    svg.append(shape('line', {class: 'grid', x1: left, x2: right, y1: y, y2: y}));
    svg.append(shape('text', {x: left - 7, y: y + 4, 'text-anchor': 'end'}, place.yAxis.label(tick)));
  }
  for (const tick of place.xAxis.ticks) {
    const x = place.x(tick);
    svg.append(shape('line', {class: chart.gridX ? 'grid' : 'axis', x1: x, x2: x, y1: chart.gridX ? top : bottom, y2: bottom + 4}));
    const label = place.xAxis.label(tick);
    const half = label.length * 3.5;
    if (x - half < lastEnd + 6) continue;  // no label over another
    lastEnd = x + half;
    svg.append(shape('text', {x, y: bottom + 18, 'text-anchor': 'middle'}, label));
  }
  svg.append(shape('line', {class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom}));
  svg.append(shape('text', {class: 'title', x: (left + right) / 2, y: bottom + 37, 'text-anchor': 'middle'}, chart.xTitle));
  svg.append(shape('text', {class: 'title', x: 0, y: top - 12}, chart.yTitle));
}

// Shows what stands at the x nearest to the pointer, or to the arrow keys.
function listen(box, svg, place, chart) {
  const xs = chart.stops;
  if (!xs || xs.length === 0) return;
  const cross = shape('line', {class: 'cross', y1: place.top, y2: place.bottom, visibility: 'hidden'});
  const dots = shape('g');
  const tip = node('div', {class: 'tip', role: 'status', hidden: ''});
  svg.append(cross, dots);
  box.append(tip);
  let at = -1;
  const show = (index) => {
    at = Math.min(xs.length - 1, Math.max(0, index));
    const x = place.x(xs[at]);
    cross.setAttribute('x1', x);
    cross.setAttribute('x2', x);
    cross.setAttribute('visibility', 'visible');
    const {title, rows} = chart.tell(at);
    tip.replaceChildren(node('b', {}, title),
                        ...rows.map(([series, value]) => node('i', {}, node('span', {}, series.color ? keyOf(series) : '', series.name), node('span', {}, value))));
    dots.replaceChildren();
    for (const series of chart.series) {
      const point = series.points.find(([px]) => px === xs[at]);
      if (point && known(point[1])) dots.append(shape('circle', {cx: x, cy: place.y(point[1]), r: 4, fill: series.color, stroke: 'var(--card)', 'stroke-width': 1.5}));
    }
    tip.hidden = false;
    const width = tip.offsetWidth;
    tip.style.left = `${x + 14 + width > box.clientWidth ? Math.max(0, x - 14 - width) : x + 14}px`;
    tip.style.top = `${place.top + 4}px`;
  };
  const hide = () => {
    tip.hidden = true;
    cross.setAttribute('visibility', 'hidden');
    dots.replaceChildren();
  };
  const point = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    let nearest = 0;
    xs.forEach((value, i) => { if (Math.abs(place.x(value) - x) < Math.abs(place.x(xs[nearest]) - x)) nearest = i; });
    show(nearest);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('blur', hide);
  svg.addEventListener('keydown', (event) => {
    const move = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (event.key === 'Escape') hide();
    if (!move) return;
    event.preventDefault();
    show(at + move);
  });
}

function draw(box, chart) {
  const width = Math.max(240, box.clientWidth);
  const height = chart.height || (width < 480 ? 240 : 290);
  const steps = Math.max(2, Math.floor((height - 90) / 34));
  const yAxis = chart.yAxis(steps);
  const widest = Math.max(...yAxis.ticks.map((tick) => yAxis.label(tick).length));
  const place = {left: 14 + widest * 7, right: width - (chart.marginRight || 12), top: 28, bottom: height - 46, yAxis};
  place.xAxis = chart.xAxis(Math.max(2, Math.floor((place.right - place.left) / 70)));
  place.x = (value) => place.left + place.xAxis.at(value) * (place.right - place.left);
  place.y = (value) => place.bottom - yAxis.at(value) * (place.bottom - place.top);
  const svg = shape('svg', {viewBox: `0 0 ${width} ${height}`, height, role: 'img', tabindex: '0', 'aria-label': chart.label});
  if (chart.under) chart.under(svg, place);
  drawAxes(svg, place, chart);
  for (const series of chart.series) drawSeries(svg, series, place);
  if (chart.over) chart.over(svg, place);
  box.replaceChildren(svg);
  listen(box, svg, place, chart);
}

// `make()`: the chart as it shall look now. xAxis and yAxis make an axis for about so many ticks; series have name,
// color, points [[x, y], ...], and dash, width or look; stops are the x where tell(i) knows what to say; under and over
// draw what else there is.
function chartBox(make) {
  const box = node('div', {class: 'chart'});
  let width = 0;
  redraws.push(() => draw(box, make()));
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    draw(box, make());
  }).observe(box);
  return box;
}
const redraws = [];  // of all charts, for what changes them at once
