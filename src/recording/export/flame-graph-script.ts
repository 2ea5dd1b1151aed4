/**
 * The program inside a flame graph: zoom, search, keys, and texts cut to the width of their frames. It reads all it needs
 * from the frames in the document and holds no data, so nothing of a recording ever becomes program text.
 */
import { charWidth, frameTop, rowHeight } from './flame-graph-measures.ts';

export const flameGraphScript = `
'use strict';
(() => {
const root = document.documentElement;
const frames = [...root.querySelectorAll('.f')];
const names = frames.map((frame) => frame.querySelector('title').textContent.split('\\n')[0]);
const details = frames.map((frame) => frame.querySelector('title').textContent.split('\\n').slice(1).join('  '));
const left = frames.map((frame) => parseFloat(frame.getAttribute('x')));
const width = frames.map((frame) => parseFloat(frame.getAttribute('width')));
const row = frames.map((frame) => Math.round((parseFloat(frame.getAttribute('y')) - ${frameTop}) / ${rowHeight}));
const number = new Map(frames.map((frame, index) => [frame, index]));
const hover = root.querySelector('.hover');

// Frames stand in the file each before what it called: a frame's own are those up to the next one of its row or above.
const parent = [];
const end = frames.map(() => frames.length);
const open = [];
frames.forEach((_, index) => {
  while (open.length > 0 && row[open.at(-1)] >= row[index]) end[open.pop()] = index;
  parent.push(open.length > 0 ? open.at(-1) : -1);
  open.push(index);
});

let zoomed = 0;
let expression;
const shownLeft = [...left];
const shownWidth = [...width];

function isShown(index) { return shownWidth[index] > 0; }

function layOut() {
  const callers = new Set();
  for (let at = parent[zoomed]; at >= 0; at = parent[at]) callers.add(at);
  frames.forEach((frame, index) => {
    const isCaller = callers.has(index);
    const isInside = index >= zoomed && index < end[zoomed];
    shownLeft[index] = isCaller ? 0 : (left[index] - left[zoomed]) / width[zoomed] * 100;
    shownWidth[index] = isCaller ? 100 : isInside ? width[index] / width[zoomed] * 100 : 0;
    frame.style.display = isShown(index) ? '' : 'none';
    frame.classList.toggle('up', isCaller);
    if (!isShown(index)) return;
    frame.setAttribute('x', shownLeft[index] + '%');
    frame.setAttribute('width', shownWidth[index] + '%');
  });
  resetButton.disabled = zoomed === 0;
  fitTexts();
}

function fitTexts() {
  const page = root.getBoundingClientRect().width;
  frames.forEach((frame, index) => {
    if (!isShown(index)) return;
    const fitting = Math.floor((page * shownWidth[index] / 100 - 7) / ${charWidth});
    const letters = [...names[index]];
    const text = fitting < 3 ? '' : letters.length <= fitting ? names[index] : letters.slice(0, fitting - 1).join('') + '\\u2026';
    let element = frame.querySelector('text');
    if (element === null) {
      if (text === '') return;
      element = document.createElementNS(root.namespaceURI, 'text');
      element.setAttribute('x', '4');
      element.setAttribute('y', '12.5');
      frame.append(element);
    }
    if (element.textContent !== text) element.textContent = text;
  });
}

function zoomTo(index) {
  zoomed = index;
  layOut();
  if (expression) showMatches();
}

function search(text) {
  input.classList.remove('bad');
  expression = undefined;
  if (text !== '') {
    try {
      expression = new RegExp(text, /[A-Z]/.test(text) ? 'u' : 'iu');
    } catch (error) {
      input.classList.add('bad');
      output.textContent = 'no regular expression';
    }
  } else output.textContent = '';
  frames.forEach((frame, index) => frame.classList.toggle('hit', expression !== undefined && index > 0 && expression.test(names[index])));
  root.classList.toggle('searched', expression !== undefined);
  clearButton.disabled = text === '';
  if (expression) showMatches();
}

// Of the part that is shown; a match inside a match counts once.
function showMatches() {
  let share = 0;
  const found = new Set();
  for (let index = zoomed; index < end[zoomed]; index += 1) {
    if (!frames[index].classList.contains('hit')) continue;
    for (let inside = index; inside < end[index]; inside += 1) {
      if (frames[inside].classList.contains('hit')) found.add(names[inside]);
    }
    share += width[index] / width[zoomed] * 100;
    index = end[index] - 1;
  }
  for (let at = parent[zoomed]; at >= 0; at = parent[at]) if (frames[at].classList.contains('hit')) share = 100;
  output.textContent = share.toFixed(share < 10 ? 2 : 1) + ' % matched, ' + found.size + (found.size === 1 ? ' name' : ' names');
}

function make(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/1999/xhtml', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const output = make('output', { 'aria-live': 'polite' });
const input = make('input', { type: 'search', placeholder: 'Search (regular expression)', 'aria-label': 'Search', spellcheck: 'false' });
const clearButton = make('button', { type: 'button', disabled: '' }, 'Clear');
const resetButton = make('button', { type: 'button', disabled: '' }, 'Reset zoom');
const holder = document.createElementNS(root.namespaceURI, 'foreignObject');
for (const [name, value] of Object.entries({ x: 0, y: 52, width: '100%', height: 32 })) holder.setAttribute(name, value);
holder.style.pointerEvents = 'none';
holder.append(make('div', { class: 'bar' }, output, input, clearButton, resetButton));
root.append(holder);

input.addEventListener('input', () => search(input.value));
clearButton.addEventListener('click', () => { input.value = ''; search(''); input.focus(); });
resetButton.addEventListener('click', () => zoomTo(0));

const frameOf = (event) => number.get(event.target.closest && event.target.closest('.f'));
root.addEventListener('click', (event) => {
  const index = frameOf(event);
  // Whoever drags over a name wants to copy it.
  if (index !== undefined && getSelection().isCollapsed) zoomTo(index);
});
root.addEventListener('mouseover', (event) => describe(frameOf(event)));
root.addEventListener('focusin', (event) => describe(frameOf(event)));

function describe(index) {
  hover.textContent = index === undefined ? '' : names[index] + '   ' + details[index];
}

function neighbour(index, key) {
  const isFree = (at) => isShown(at) && row[at] === row[index] && parent[at] === parent[index];
  if (key === 'ArrowUp') return parent[index];
  if (key === 'ArrowDown') return index + 1 < end[index] ? index + 1 : -1;
  if (key === 'ArrowRight') return end[index] < frames.length && isFree(end[index]) ? end[index] : -1;
  for (let at = index - 1; at > parent[index]; at -= 1) if (isFree(at)) return at;
  return -1;
}

root.addEventListener('keydown', (event) => {
  const index = frameOf(event);
  if ((event.ctrlKey || event.metaKey) && event.key === 'f' && document.activeElement !== input) {
    input.focus();
    input.select();
  } else if (event.key === '/' && document.activeElement !== input) input.focus();
  else if (event.key === 'Escape') {
    if (input.value !== '') { input.value = ''; search(''); } else zoomTo(0);
  } else if (index !== undefined && event.key === 'Enter') zoomTo(index);
  else if (index !== undefined && event.key.startsWith('Arrow')) {
    const next = neighbour(index, event.key);
    if (next >= 0 && isShown(next)) frames[next].focus();
  } else return;
  event.preventDefault();
});

frames.forEach((frame, index) => frame.setAttribute('tabindex', index === 0 ? '0' : '-1'));
root.setAttribute('width', '100%');
addEventListener('resize', fitTexts);
layOut();
})();
`;
