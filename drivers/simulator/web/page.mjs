/** The simulators' page: shows what is pushed to it, and sends what its buttons ask for. */
import { Panel } from './leds.mjs';
import { WORDS } from './words.mjs';

const PRINTER_GROUPS = {
  groupPaper: ['paper_near_end', 'paper_out', 'load_paper'],
  groupMachine: ['cover_open', 'cutter_error', 'offline'],
  groupTrouble: ['stuck', 'silent', 'noise', 'half_answers', 'unplugged', 'clear_faults'],
};
const BAR_FAULTS = ['silent', 'refusing', 'noise', 'unplugged'];
const ACTIONS = new Set(['load_paper', 'clear_faults']);
const PRINTER_ERRORS = ['paper_out', 'cover_open', 'cutter_error', 'offline', 'unplugged'];

const at = (id) => document.getElementById(id);
let language = localStorage.getItem('language') === 'en' ? 'en' : 'zh';
let last = null;
const drawings = new Map();
const panels = new Map();
let inMouth = 0;

const word = (key) => WORDS[language][key] ?? key;

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function order(device, key, on) {
  const body = ACTIONS.has(key) ? { device, action: key } : { device, fault: key, on };
  const sent = fetch('fault', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  sent.catch(() => tellLink(false));
}

function faultButton(device, key) {
  const button = element('button', ACTIONS.has(key) ? 'action' : 'fault');
  button.type = 'button';
  button.dataset.word = key;
  const isOn = () => button.getAttribute('aria-pressed') === 'true';
  button.addEventListener('click', () => order(device, key, !isOn()));
  return button;
}

/** Made once, so that a button keeps the keyboard's focus while the state changes. */
function makePrinterButtons() {
  for (const [name, keys] of Object.entries(PRINTER_GROUPS)) {
    const title = element('span', 'group-name');
    title.dataset.word = name;
    const group = element('div', 'group');
    group.append(...keys.map((key) => faultButton('printer', key)));
    at('printer-buttons').append(title, group);
  }
}

function pressButtons(place, faults) {
  place.querySelectorAll('.fault').forEach((button) => {
    button.setAttribute('aria-pressed', String(faults.includes(button.dataset.word)));
  });
}

function showPrinter(printer) {
  const errors = printer.faults.filter((fault) => PRINTER_ERRORS.includes(fault));
  const told = printer.faults.map(word).join(language === 'zh' ? '、' : ', ') || word('ready');
  const state = at('printer-state');
  state.textContent = told;
  state.dataset.level = errors.length ? 'red' : printer.faults.length ? 'amber' : 'green';
  at('printer-port').textContent = `tcp :${printer.port} · ${printer.links} ${word('hosts')}`;
  at('lamp-power').classList.toggle('on', !printer.faults.includes('unplugged'));
  at('lamp-paper').classList.toggle(
    'on',
    printer.faults.some((fault) => fault.startsWith('paper')),
  );
  at('lamp-error').classList.toggle('on', errors.length > 0);
  const metres = printer.roll_mm / 1000;
  at('roll').value = metres;
  at('roll-text').textContent = `${metres.toFixed(1)} ${word('metres')}`;
  pressButtons(at('printer-buttons'), printer.faults);
}

function showTickets(update) {
  for (const ticket of update.tickets) drawings.set(ticket.number, ticket);
  for (const number of drawings.keys()) {
    if (number < update.oldest_ticket) {
      drawings.delete(number);
      at(`ticket-${number}`)?.remove();
    }
  }
  for (const ticket of update.tickets) showTicket(ticket);
  at('no-tickets').hidden = drawings.size > 0;
}

function showTicket(ticket) {
  let card = at(`ticket-${ticket.number}`);
  if (!card) {
    card = element('figure', 'ticket');
    card.id = `ticket-${ticket.number}`;
    card.append(element('div', 'sheet'), element('figcaption', '', `№ ${ticket.number}`));
    at('tickets').prepend(card);
  }
  card.classList.toggle('is-cut', ticket.is_cut);
  card.firstChild.innerHTML = ticket.svg;
  if (ticket.number >= inMouth) showInMouth(ticket);
}

/** The paper at the printer's mouth: a new ticket pushes the old one away, then grows. */
function showInMouth(ticket) {
  const strip = at('strip');
  if (ticket.number !== inMouth) strip.replaceChildren(element('div', 'sheet'));
  inMouth = ticket.number;
  const sheet = strip.firstChild;
  sheet.innerHTML = ticket.svg;
  sheet.classList.toggle('is-cut', ticket.is_cut);
  const drawing = sheet.firstChild.viewBox.baseVal;
  strip.style.height = `${(drawing.height / drawing.width) * strip.clientWidth}px`;
}

function barCard(bar) {
  const card = element('article', 'bar');
  const canvas = element('canvas', 'leds');
  canvas.setAttribute('role', 'img');
  const foot = element('div', 'bar-foot');
  const group = element('div', 'group');
  group.append(...BAR_FAULTS.map((key) => faultButton(bar.name, key)));
  foot.append(element('strong', 'bar-name'), element('span', 'bar-note'), group);
  card.append(canvas, foot);
  spell(card);
  at('bars').append(card);
  const made = { card, panel: new Panel(canvas), canvas };
  panels.set(bar.name, made);
  return made;
}

function showBar(bar) {
  const { card, panel, canvas } = panels.get(bar.name) ?? barCard(bar);
  panel.show(bar.areas);
  canvas.setAttribute('aria-label', bar.areas.map((area) => area.text).join(' ') || word('dark'));
  card.querySelector('.bar-name').textContent = `${bar.name} · tcp :${bar.port}`;
  card.dataset.linked = String(bar.links > 0);
  const ends = bar.areas.map((area) => area.seconds_left);
  const note = !ends.length
    ? word('dark')
    : ends.includes(null)
      ? word('endless')
      : `${Math.max(...ends)} ${word('secondsLeft')}`;
  card.querySelector('.bar-note').textContent = note;
  pressButtons(card, bar.faults);
}

/** A hall may leave many ports unused; a bar appears with its first host and then stays. */
function usedBars(bars) {
  const used = bars.filter(
    (bar) => panels.has(bar.name) || bar.links || bar.areas.length || bar.faults.length,
  );
  return used.length ? used : bars.slice(0, 1);
}

function show(update) {
  last = { ...update, tickets: [], receivedAt: performance.now() };
  showPrinter(update.printer);
  const bars = usedBars(update.bars);
  at('bars').classList.toggle('many', bars.length > 4);
  bars.forEach(showBar);
  showTickets(update);
}

/** Between updates the seconds until dark go on by themselves. */
function countDown() {
  if (!last) return;
  const passed = Math.floor((performance.now() - last.receivedAt) / 1000);
  const left = (area) =>
    area.seconds_left === null ? null : Math.max(0, area.seconds_left - passed);
  last.bars
    .filter((bar) => panels.has(bar.name))
    .forEach((bar) => showNote(bar, bar.areas.map(left)));
}

function showNote(bar, ends) {
  if (!ends.length || ends.includes(null)) return;
  const note = panels.get(bar.name).card.querySelector('.bar-note');
  note.textContent = `${Math.max(...ends)} ${word('secondsLeft')}`;
}

function spell(place) {
  place.querySelectorAll('[data-word]').forEach((each) => {
    each.textContent = word(each.dataset.word);
  });
}

function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  spell(document);
  at('language').textContent = word('other');
  at('ticket-count').textContent = word('ticketCount');
  if (last) show(last);
}

function tellLink(ok) {
  const link = at('link');
  link.dataset.word = ok ? 'linkOk' : 'linkLost';
  link.textContent = word(link.dataset.word);
  link.dataset.ok = String(ok);
}

function watch() {
  const events = new EventSource('events');
  events.addEventListener('open', () => tellLink(true));
  events.addEventListener('error', () => tellLink(false));
  events.addEventListener('message', (event) => show(JSON.parse(event.data)));
}

at('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', language);
  speak();
});
makePrinterButtons();
speak();
watch();
setInterval(countDown, 1000);
