/** How each kind of simulated device is drawn: a table, and a plain panel for every other kind.
 *
 * A drawing is a function of the device's name and kind; it gives its element, and `show(device)`
 * to be called with every new state. */
import { makeBar } from './bar.mjs';
import { makePrinter } from './printer.mjs';
import { element, group, pressButtons, tell } from './tools.mjs';

const DRAWINGS = {
  escpos: { make: makePrinter, side: 'left' },
  'bx-k': { make: makeBar, onlyUsed: true },
  'modbus-text': { make: makeBar },
};

export const drawingOf = (kind) => DRAWINGS[kind] ?? { make: makePlain };

/** Name, address, faults, whatever picture and rows its view has, and its buttons. */
function makePlain(name, kind) {
  const card = element('article', 'plain');
  const head = element('div', 'section-head');
  const state = element('span', 'state');
  const address = element('code', '');
  head.append(element('h3', '', name), address, state);
  const picture = element('img', 'dots');
  picture.alt = name;
  picture.hidden = true;
  const rows = element('dl', 'rows');
  const buttons = element('div', 'buttons');
  for (const each of kind.groups) {
    const title = element('span', 'group-name');
    tell(title, each);
    buttons.append(title, group(name, each));
  }
  card.append(head, picture, rows, buttons);
  return {
    element: card,
    show(device, { say, word }) {
      address.textContent = `${device.url} · ${device.links} ${word('hosts')}`;
      const named = kind.groups.flatMap((each) => each.faults);
      const faults = named.filter((fault) => device.faults.includes(fault.name));
      state.textContent = faults.map(say).join(word('comma')) || word('ready');
      state.dataset.level = faults.length ? 'red' : 'green';
      picture.hidden = !device.view.picture;
      if (device.view.picture && picture.src !== device.view.picture) {
        picture.width = device.view.width;
        picture.height = device.view.height;
        picture.src = device.view.picture;
      }
      rows.replaceChildren(
        ...(device.view.rows ?? []).flatMap((row) => [
          element('dt', '', say(row)),
          element('dd', '', row.value),
        ]),
      );
      pressButtons(card, device.faults);
    },
  };
}
