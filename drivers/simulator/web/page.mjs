/** The simulators' page: a panel for every device, shown as it is pushed, in two languages. */
import { drawingOf } from './panels.mjs';
import { element, tell } from './tools.mjs';
import { WORDS } from './words.mjs';

const at = (id) => document.getElementById(id);
let language = localStorage.getItem('language') === 'en' ? 'en' : 'zh';
let kinds = new Map();
const devices = new Map();
const panels = new Map();

const word = (key) => WORDS[language][key] ?? key;
const say = (told) => told[language] || told.zh;
const words = { word, say };

/** Where the devices of a kind stand; printers to the left, the others in a section of their kind. */
function placeOf(kind) {
  if (drawingOf(kind.kind).side === 'left') return at('left');
  const id = `kind-${kind.kind}`;
  if (at(id)) return at(id);
  const section = element('section', '');
  const head = element('div', 'section-head');
  const name = element('h2', '');
  const hint = element('span', 'hint');
  tell(name, kind);
  tell(hint, { zh: kind.hint_zh, en: kind.hint_en });
  head.append(name, hint);
  const place = element('div', 'devices');
  place.id = id;
  section.append(head, place);
  at('kinds').append(section);
  return place;
}

function panelOf(device) {
  const known = panels.get(device.name);
  if (known) return known;
  const kind = kinds.get(device.kind);
  const panel = drawingOf(device.kind).make(device.name, kind);
  const place = placeOf(kind);
  place.append(panel.element);
  place.classList.toggle('many', place.childElementCount > 4);
  panels.set(device.name, panel);
  spell();
  return panel;
}

/** A hall may leave many ports unused; such a device appears with its first host and then stays. */
function isSeen(device) {
  if (!drawingOf(device.kind).onlyUsed || panels.has(device.name)) return true;
  if (device.links || device.faults.length || device.view.areas?.length) return true;
  return [...devices.values()].find((one) => one.kind === device.kind) === device;
}

function show(device) {
  if (isSeen(device)) panelOf(device).show(device, words);
}

function take(update) {
  for (const device of update.devices) {
    const kept = { ...device, receivedAt: performance.now() };
    devices.set(device.name, kept);
    show(kept);
    if (device.view.tickets) kept.view = { ...device.view, tickets: [] };
  }
}

function countDown() {
  for (const [name, panel] of panels) {
    const device = devices.get(name);
    panel.pass?.(device, Math.floor((performance.now() - device.receivedAt) / 1000), words);
  }
}

function spell() {
  document.querySelectorAll('[data-word]').forEach((each) => {
    each.textContent = word(each.dataset.word);
  });
  document.querySelectorAll('[data-zh]').forEach((each) => {
    if (each.tagName === 'INPUT') each.setAttribute('aria-label', say(each.dataset));
    else each.textContent = say(each.dataset);
  });
}

function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  spell();
  at('language').textContent = word('other');
  at('ticket-count').textContent = word('ticketCount');
  devices.forEach(show);
}

function tellLink(ok) {
  const link = at('link');
  link.dataset.word = ok ? 'linkOk' : 'linkLost';
  link.textContent = word(link.dataset.word);
  link.dataset.ok = String(ok);
}

async function watch() {
  const told = await (await fetch('devices.json')).json();
  kinds = new Map(told.kinds.map((kind) => [kind.kind, kind]));
  const events = new EventSource('events');
  events.addEventListener('open', () => tellLink(true));
  events.addEventListener('error', () => tellLink(false));
  events.addEventListener('message', (event) => take(JSON.parse(event.data)));
}

at('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', language);
  speak();
});
document.addEventListener('link-lost', () => tellLink(false));
speak();
watch().catch(() => tellLink(false));
setInterval(countDown, 1000);
