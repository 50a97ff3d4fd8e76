/** What passes on a device's line: newest first, in hex and in words, until somebody pauses it. */
import { element, say, spell, word } from './tools.mjs';

const MOST = 200;
const SHOWN_BYTES = 24;

export function makeFrames(device) {
  const rows = element('tbody', '');
  const table = element('table', '', head(), rows);
  const pause = element('button', 'action');
  pause.type = 'button';
  pause.dataset.word = 'pause';
  const download = element('a', 'action');
  download.dataset.word = 'download';
  download.href = `/engineer/log?device=${encodeURIComponent(device)}`;
  const none = element('p', 'empty');
  none.dataset.word = 'noFrames';
  const place = element(
    'section',
    'frames',
    element('div', 'section-head', titled('h2', 'frames'), titled('span', 'framesHint', 'hint')),
    element('div', 'group tools', pause, download),
    none,
    element('div', 'scroll', table),
  );
  let frames = [];
  let newest = 0;
  let isPaused = false;
  pause.addEventListener('click', () => {
    isPaused = !isPaused;
    pause.dataset.word = isPaused ? 'goOn' : 'pause';
    pause.setAttribute('aria-pressed', String(isPaused));
    spell(place);
  });

  function show() {
    none.hidden = frames.length > 0;
    table.hidden = !frames.length;
    rows.replaceChildren(...frames.map(row));
  }

  return {
    element: place,
    show,
    since: () => newest,
    isPaused: () => isPaused,
    take(told) {
      if (told.newest < newest) frames = []; // the station was started anew
      newest = told.newest;
      if (!told.frames.length) return none.hidden || show();
      frames = [...told.frames.reverse(), ...frames].slice(0, MOST);
      show();
    },
  };
}

function head() {
  const cells = ['time', 'way', 'bytes', 'meaning'].map((name) => titled('th', name));
  return element('thead', '', element('tr', '', ...cells));
}

function titled(tag, name, className = '') {
  const made = element(tag, className);
  made.dataset.word = name;
  return made;
}

function row(frame) {
  const at = new Date(frame.at_ms);
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  const said = frame.said.map((one) => element('div', '', say(one)));
  const made = element(
    'tr',
    frame.way,
    element('td', 'time', time),
    element('td', 'way', word(frame.way)),
    element('td', 'bytes', bytesOf(frame)),
    element('td', '', ...said),
  );
  return made;
}

function bytesOf(frame) {
  if (frame.way === 'note') return '';
  if (!frame.hex) return `${frame.length} ${word('hidden')}`;
  const bytes = frame.hex.split(' ');
  if (frame.length <= SHOWN_BYTES) return frame.hex;
  const shown = bytes.slice(0, SHOWN_BYTES).join(' ');
  return `${shown} ${word('more')} ${frame.length} ${word('ofBytes')}`;
}
