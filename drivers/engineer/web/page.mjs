/** The device page: asks its station every second, and keeps showing what it knew when that fails. */
import { makeDevice } from './device.mjs';
import { LEVELS, ago, changeLanguage, element, lasting, say, spell, word } from './tools.mjs';

const EVERY_MS = 1000;
const WITHIN_MS = 5000;
const TEST_WITHIN_MS = 20_000;

const at = (id) => document.getElementById(id);
let told = null;
let chosen = decodeURIComponent(location.hash.slice(1));
let panel = null;

async function ask(path, body, within = WITHIN_MS) {
  const answer = await fetch(`/engineer/${path}`, {
    signal: AbortSignal.timeout(within),
    ...(body && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (answer.status === 401) {
    showSignIn();
    throw new Error('not signed in');
  }
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

const askTest = (device, test) => ask('self-test', { device, test }, TEST_WITHIN_MS);

const tellNewRoll = (device) => ask('new-roll', { device });

function showSignIn() {
  at('sign-in').hidden = false;
  at('main').hidden = true;
  at('loading').hidden = true;
}

function deviceLine(device) {
  const lamp = element('i', 'lamp');
  lamp.dataset.level = LEVELS[device.health];
  const line = element(
    'button',
    'line',
    lamp,
    element('span', 'id', device.id),
    element('span', 'kind', say(device, 'kind')),
    element('span', 'health', say(device, 'health')),
    element('span', 'matter', device.matters.map((matter) => say(matter)).join(' · ')),
    element('span', 'since', `${lasting(device.since_s)} · ${word('lastOk')} ${ago(device.ok_s)}`),
  );
  line.type = 'button';
  line.dataset.id = device.id;
  line.dataset.level = LEVELS[device.health];
  line.setAttribute('aria-current', String(device.id === chosen));
  line.addEventListener('click', () => choose(device.id));
  return line;
}

/** Lines are replaced only when what they say has changed, so that focus and clicks are not lost. */
function showList() {
  const lines = told.devices.map(deviceLine);
  const now = [...at('list').children];
  lines.forEach((line, place) => {
    const before = now[place];
    if (!before) at('list').append(line);
    else if (before.outerHTML !== line.outerHTML) {
      const hadFocus = document.activeElement === before;
      before.replaceWith(line);
      if (hadFocus) line.focus();
    }
  });
  now.slice(lines.length).forEach((line) => line.remove());
  at('none').hidden = lines.length > 0;
  at('count').textContent = lines.length ? `${lines.length} ${word('count')}` : '';
}

function choose(id) {
  chosen = id;
  history.replaceState(null, '', `#${encodeURIComponent(id)}`);
  panel = null;
  show();
  void look();
}

function show() {
  if (!told) return;
  at('loading').hidden = true;
  at('sign-in').hidden = true;
  at('main').hidden = false;
  at('station').textContent = `${word('station')} ${told.station}`;
  const device = told.devices.find((one) => one.id === chosen) ?? told.devices[0];
  if (device && device.id !== chosen) {
    chosen = device.id;
    panel = null;
  }
  showList();
  if (!device) return at('device').replaceChildren();
  if (!panel) {
    panel = makeDevice(device.id, askTest, tellNewRoll);
    at('device').replaceChildren(panel.element);
  }
  panel.show(device);
}

async function lookAtFrames() {
  const device = told.devices.find((one) => one.id === chosen);
  const { frames } = panel ?? {};
  if (!device?.kind || !frames || frames.isPaused()) return;
  const path = `frames.json?device=${encodeURIComponent(chosen)}&since=${frames.since()}`;
  frames.take(await ask(path));
}

async function look() {
  try {
    told = await ask('devices.json');
    tellLink(true);
    show();
    await lookAtFrames();
  } catch (error) {
    if (at('sign-in').hidden) tellLink(false);
  }
}

function tellLink(ok) {
  const link = at('link');
  link.dataset.word = ok ? 'linkOk' : 'linkLost';
  link.dataset.ok = String(ok);
  document.body.classList.toggle('lost', !ok);
  link.textContent = word(link.dataset.word);
}

async function signIn(event) {
  event.preventDefault();
  at('wrong').textContent = '';
  try {
    await ask('sign-in', { key: at('key').value });
    at('key').value = '';
    await look();
  } catch {
    at('wrong').textContent = word('wrongKey');
  }
}

function speak() {
  spell();
  at('language').textContent = word('other');
  show();
  panel?.frames.show();
}

at('language').addEventListener('click', () => {
  changeLanguage();
  speak();
});
at('sign-in').querySelector('form').addEventListener('submit', signIn);
addEventListener('hashchange', () => choose(decodeURIComponent(location.hash.slice(1))));
speak();
await look();
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  if (!document.hidden && at('sign-in').hidden) await look();
}
