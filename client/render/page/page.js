'use strict';

// Where cells lie on the photograph. A place holds per axis, [y, x], what onebyone.v1.Geometry says: stride, offset and
// field in pixels of the network's input; scale and origin lead from there to the photograph; rows and columns of the
// map, input: the size of the network's input. Rectangles are in pixels of the photograph; the middle of its first
// pixel is (0, 0).

function rectangleOf(place, centre, extent) {
  const corner = [0, 1].map((axis) => place.origin[axis] + place.scale[axis] * (centre[axis] - extent[axis] / 2));
  return {x: corner[1], y: corner[0], width: extent[1] * place.scale[1], height: extent[0] * place.scale[0]};
}

// What the cell stands for, and all that it sees.
function cellOf(place, row, column) {
  const centre = [place.offset[0] + row * place.stride[0], place.offset[1] + column * place.stride[1]];
  return {cell: rectangleOf(place, centre, place.stride), field: rectangleOf(place, centre, place.field)};
}

// All cells of the map together.
function mapOf(place) {
  const centre = [
    place.offset[0] + (place.rows - 1) / 2 * place.stride[0],
    place.offset[1] + (place.columns - 1) / 2 * place.stride[1],
  ];
  return rectangleOf(place, centre, [place.rows * place.stride[0], place.columns * place.stride[1]]);
}

// What the network saw of the photograph.
function inputOf(place) {
  return rectangleOf(place, place.input.map((pixels) => (pixels - 1) / 2), place.input);
}

// Where two rectangles overlap; without width or height where they do not.
function commonPart(a, b) {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return {
    x, y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}

// The cell under a point of a picture of all cells; x and y from 0 to 1.
function cellAt(place, x, y) {
  const within = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return {row: within(y, place.rows), column: within(x, place.columns)};
}

function setRectangle(shape, rectangle) {
  for (const [name, value] of Object.entries(rectangle)) shape.setAttribute(name, value);
  shape.removeAttribute('hidden');
}

const element = (id) => document.getElementById(id);
const laid = element('laid');  // the layer's picture over the photograph
const told = element('told');
const photograph = {
  x: -0.5,
  y: -0.5,
  width: Number(document.body.dataset.width),
  height: Number(document.body.dataset.height),
};

// "12 to 34": the first and last pixel, counted from 0.
function spanText(start, extent) {
  return `${Math.ceil(start - 1e-6)} to ${Math.floor(start + extent + 1e-6)}`;
}

// The network sees nothing but its input: a receptive field that reaches further looks at padding there.
function tellCell(layer, at, field) {
  const seen = commonPart(commonPart(field, inputOf(layer.place)), photograph);
  const beyond = seen.width < field.width || seen.height < field.height;
  told.textContent = `${layer.name}, row ${at.row}, column ${at.column}: sees x ${
      spanText(seen.x, seen.width)}, y ${spanText(seen.y, seen.height)} of the photograph${
      beyond ? '; its receptive field reaches beyond what the network saw' : ''}.`;
}

// Lays the layer's picture over the photograph.
function showLayer(layer) {
  for (const other of layers) other.card.classList.toggle('current', other === layer);
  const look = document.querySelector('input[name=look]:checked').value;
  setRectangle(element('seen'), inputOf(layer.place));
  setRectangle(element('window'), inputOf(layer.place));
  laid.setAttribute('href', layer.card.querySelector(`img.${look}`).src);
  setRectangle(laid, mapOf(layer.place));
  current = layer;
}

function showCell(layer, at) {
  if (current !== layer) showLayer(layer);
  layer.at = at;
  const {cell, field} = cellOf(layer.place, at.row, at.column);
  for (const id of ['field', 'field-rim']) setRectangle(element(id), commonPart(field, photograph));
  setRectangle(element('cell'), cell);
  layer.mark.style.left = `${100 * at.column / layer.place.columns}%`;
  layer.mark.style.top = `${100 * at.row / layer.place.rows}%`;
  layer.mark.hidden = false;
  for (const other of layers) if (other !== layer) other.mark.hidden = true;
  tellCell(layer, at, field);
}

const moves = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};

function moveCell(layer, event) {
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  const within = (index, count) => Math.min(count - 1, Math.max(0, index));
  showCell(layer, {
    row: within(layer.at.row + move[0], layer.place.rows),
    column: within(layer.at.column + move[1], layer.place.columns),
  });
}

function listen(layer) {
  const map = layer.card.querySelector('.map');
  const point = (event) => {
    const box = map.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    showCell(layer, cellAt(layer.place, x, y));
  };
  map.addEventListener('pointermove', point);
  map.addEventListener('pointerdown', point);
  map.addEventListener('focus', () => showCell(layer, layer.at));
  map.addEventListener('keydown', (event) => moveCell(layer, event));
}

const cards = Array.from(document.querySelectorAll('.layer'));
let current = null;
const layers = cards.filter((card) => card.dataset.place).map((card) => {
  const place = JSON.parse(card.dataset.place);
  const mark = card.querySelector('.mark');
  mark.style.width = `${100 / place.columns}%`;
  mark.style.height = `${100 / place.rows}%`;
  const middle = {row: Math.floor(place.rows / 2), column: Math.floor(place.columns / 2)};
  return {card, place, mark, at: middle, name: card.querySelector('h2').textContent};
});
layers.forEach(listen);

for (const look of document.querySelectorAll('input[name=look]')) {
  look.addEventListener('change', () => {
    document.body.dataset.look = look.value;
    if (current) showLayer(current);
  });
}

element('cover').addEventListener('input', (event) => laid.setAttribute('opacity', event.target.value / 100));

element('filter').addEventListener('input', (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  let shown = 0;
  for (const card of cards) {
    card.hidden = !card.querySelector('h2').textContent.toLowerCase().includes(wanted);
    shown += card.hidden ? 0 : 1;
  }
  element('shown').textContent = `${shown} of ${cards.length}`;
});

// Of the deepest layer with several cells there is something to see at once.
const first = layers.filter((layer) => layer.place.rows * layer.place.columns > 1).pop() || layers[0];
if (first) showLayer(first);
