/** One device: how it is and since when, its figures, its self-tests, and what passes on its line. */
import { makeFrames } from './frames.mjs';
import { LEVELS, advice, ago, element, lasting, say, spell, word } from './tools.mjs';

const FIGURES = [
  'jobs',
  'frames_ok',
  'crc_bad',
  'noise_bytes',
  'resyncs',
  'reconnects',
  'bytes_sent',
  'bytes_received',
];
const WORRYING = new Set(['crc_bad', 'noise_bytes', 'resyncs', 'reconnects']);

export function makeDevice(name, askTest, tellNewRoll) {
  const state = element('span', 'state');
  const kind = element('code', '');
  const about = element('p', 'about');
  const matters = element('ul', 'matters');
  const detail = element('p', 'detail');
  const figures = element('dl', 'figures');
  const roll = makeRoll(() => tellNewRoll(name));
  const tests = element('div', 'tests');
  const frames = makeFrames(name);
  const place = element('div', '');
  place.append(
    element(
      'section',
      'how',
      element('div', 'section-head', element('h2', '', name), kind, state),
      about,
      matters,
      detail,
      heading('figures'),
      figures,
      roll.element,
    ),
    element('section', 'self-tests', heading('tests', 'h2'), tests),
    frames.element,
  );
  const reports = new Map();
  let offered = '';

  function showTests(device) {
    const told = JSON.stringify([device.tests, document.documentElement.lang]);
    if (told === offered) return;
    offered = told;
    tests.replaceChildren(
      ...device.tests.map((test) => {
        const button = element('button', 'action', say(test));
        button.type = 'button';
        button.addEventListener('click', () => run(test, button));
        button.dataset.test = test.name;
        const line = element('div', 'test', button, element('span', 'hint', say(test, 'seen')));
        const report = element('p', 'report');
        report.setAttribute('role', 'status');
        line.append(report);
        showReport(report, reports.get(test.name));
        return line;
      }),
    );
    if (!device.tests.length) tests.append(heading('noTests', 'p', 'hint'));
  }

  async function run(test, button) {
    const report = button.parentElement.querySelector('.report');
    button.disabled = true;
    showReport(report, { verdict: 'testing' });
    try {
      reports.set(test.name, await askTest(name, test.name));
    } catch {
      reports.set(test.name, { verdict: 'testLost' });
    }
    button.disabled = false;
    showReport(report, reports.get(test.name));
  }

  return {
    element: place,
    frames,
    show(device) {
      kind.textContent = say(device, 'kind');
      state.textContent = say(device, 'health');
      state.dataset.level = LEVELS[device.health];
      about.textContent = `${say(device, 'health')} ${word('since')} ${lasting(device.since_s)} · ${word('lastOk')} ${ago(device.ok_s)}`;
      matters.replaceChildren(...device.matters.map(matterLine));
      detail.textContent = device.detail ? `${word('detail')}: ${device.detail}` : '';
      figures.replaceChildren(...figuresOf(device.figures));
      roll.show(device.figures);
      showTests(device);
      spell(place);
    },
  };
}

function heading(name, tag = 'h3', className = '') {
  const made = element(tag, className);
  made.dataset.word = name;
  return made;
}

function matterLine(matter) {
  const line = element('li', '', element('strong', '', say(matter)));
  if (advice(matter)) line.append(` → ${advice(matter)}`);
  return line;
}

function showReport(place, report) {
  if (!report) return;
  place.dataset.verdict = report.verdict;
  const text = report.zh ? `${word(report.verdict)} · ${say(report)}` : word(report.verdict);
  place.textContent = text;
}

function figuresOf(figures) {
  return FIGURES.map((name) => tile(name, figures[name].toLocaleString('en'), figures[name]));
}

/** A printer's roll: what is left of it by the count, and the button for whoever put in a new one. */
function makeRoll(tellNewRoll) {
  const told = element('dl', 'figures');
  const unknown = heading('rollUnknown', 'p', 'hint');
  const button = heading('newRoll', 'button', 'action');
  button.type = 'button';
  button.id = 'new-roll';
  const report = element('span', 'hint');
  report.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    button.disabled = true;
    const answer = await tellNewRoll().then(
      () => 'newRollTold',
      () => 'newRollLost',
    );
    report.dataset.word = answer;
    report.textContent = word(answer);
    button.disabled = false;
  });
  const place = element('div', '', heading('roll'), told, unknown);
  place.append(element('div', 'test', button, report));
  return {
    element: place,
    show({ paper_mm, cuts, roll_mm, left_mm, left_tickets, left_hours }) {
      place.hidden = paper_mm === null;
      unknown.hidden = left_mm !== null;
      if (place.hidden) return;
      const metres = (mm) => `${(mm / 1000).toFixed(1)} ${word('metres')}`;
      const tiles = [tile('rollUsed', metres(roll_mm))];
      if (left_mm !== null) {
        tiles.push(tile('leftMetres', metres(left_mm)), tile('leftTickets', String(left_tickets)));
        const lasts = left_hours === null ? '—' : lasting(left_hours * 3600);
        tiles.push(tile('leftHours', lasts));
      }
      tiles.push(tile('paper', metres(paper_mm)), tile('cuts', String(cuts)));
      told.replaceChildren(...tiles);
    },
  };
}

function tile(name, text, value = 0) {
  const made = element('div', 'tile', element('dt', '', word(name)), element('dd', '', text));
  made.dataset.worry = String(WORRYING.has(name) && value > 0);
  return made;
}
