'use strict';

// Numbers in words, and where the ticks of an axis are.

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const grouped = (value) => Math.round(value).toLocaleString('en-US');

// Three digits that count, without an exponent: 0.0853, 4.13, 61.2, 1,240.
function threeDigits(value) {
  if (!known(value)) return '-';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 999.5) return grouped(value);
  const whole = Math.floor(Math.log10(size)) + 1;
  return value.toFixed(Math.min(5, Math.max(0, 3 - whole)));
}

const msText = (value) => known(value) ? `${threeDigits(value)} ms` : '-';
const rateText = (value) => known(value) ? `${value < 999.95 ? value.toFixed(1) : grouped(value)}/s` : '-';
const shareText = (share) => share > 0 && share < 0.0001 ? '<0.01 %' : `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;
const percentileName = (percentile) => `p${Number(percentile.toPrecision(7))}`;

function bytesText(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; bytes >= 999.5 && unit + 1 < units.length; ++unit) bytes /= 1000;
  return `${unit === 0 ? bytes.toFixed(0) : threeDigits(bytes)} ${units[unit]}`;
}

// "0:45", "12:05" above a minute: seconds of an axis.
function clockText(seconds) {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

// The least of 1, 2, 5 times a power of ten that makes no more than `count` steps from low to high.
function stepOf(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough * 0.9999);
}

// An axis knows its ticks and where from 0 to 1 a value lies.
function linearAxis(low, high, count, text = threeDigits) {
  if (!(high > low)) high = low + 1;
  const step = stepOf(low, high, count);
  const top = Math.ceil(high / step - 1e-9) * step;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= top + step * 1e-6; ++i) ticks.push(Number((i * step).toPrecision(12)));
  // Ticks share their decimals: 0.5, 1.0, 1.5.
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const label = text === threeDigits ? (value) => value === 0 ? '0' : Math.abs(value) >= 1000 ? grouped(value) : value.toFixed(decimals) : text;
  return {low, high: top, ticks, label, at: (value) => (value - low) / (top - low)};
}

// Without rounding up: time ends where it ends.
function timeAxis(high, count) {
  const axis = linearAxis(0, high, count, clockText);
  return {...axis, high, ticks: axis.ticks.filter((tick) => tick <= high * 1.001), at: (value) => value / high};
}

function logAxis(low, high) {
  const decades = Math.log10(high / low);
  const times = decades < 1.6 ? [1, 1.5, 2, 3, 5, 7] : decades < 3.2 ? [1, 2, 5] : [1];
  const all = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; ++power) {
    for (const factor of times) all.push(Number((factor * 10 ** power).toPrecision(3)));
  }
  const bottom = Math.max(...all.filter((tick) => tick <= low * 1.0001));
  const top = Math.min(...all.filter((tick) => tick >= high * 0.9999 && tick > bottom));
  const span = Math.log(top / bottom);
  return {
    low: bottom,
    high: top,
    ticks: all.filter((tick) => tick >= bottom && tick <= top),
    label: (value) => value >= 1000 ? grouped(value) : String(Number(value.toPrecision(3))),
    at: (value) => Math.log(Math.max(value, bottom) / bottom) / span,
  };
}

// Percentiles, each nine as wide as the one before.
function ninesAxis(high) {
  const nines = (percentile) => Math.log10(100 / (100 - percentile));
  const ticks = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter((tick) => tick <= high);
  return {
    low: 0, high, ticks,
    label: (value) => value === 0 ? 'min' : percentileName(value),
    at: (value) => nines(value) / nines(high),
  };
}

// The highest percentile that so many samples can tell: ten of them lie beyond it.
const supportedPercentile = (samples) => samples > 10 ? 100 * (1 - 10 / samples) : 0;
