/** A ticket printer: the machine with paper at its mouth, its roll, its buttons and its tickets. */
import { element, group, pressButtons, tell } from './tools.mjs';

const ERRORS = ['paper_out', 'cover_open', 'cutter_error', 'offline', 'unplugged'];

export function makePrinter(name, kind) {
  const card = document.getElementById('printer').content.firstElementChild.cloneNode(true);
  const at = (part) => card.querySelector(`.${part}`);
  for (const each of kind.groups) {
    const title = element('span', 'group-name');
    tell(title, each);
    at('buttons').append(title, group(name, each));
  }
  const gallery = document.getElementById('tickets');
  const tickets = new Map();
  let inMouth = 0;

  function showTicket(ticket) {
    let figure = tickets.get(ticket.number);
    if (!figure) {
      figure = element('figure', 'ticket');
      figure.append(element('div', 'sheet'), element('figcaption', ''));
      tickets.set(ticket.number, figure);
      gallery.prepend(figure);
    }
    figure.classList.toggle('is-cut', ticket.is_cut);
    figure.firstChild.innerHTML = ticket.svg;
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

  function showState(device, { say, word }) {
    const named = kind.groups.flatMap((each) => each.faults);
    const faults = named.filter((fault) => device.faults.includes(fault.name));
    const errors = device.faults.filter((fault) => ERRORS.includes(fault));
    at('state').textContent = faults.map(say).join(word('comma')) || word('ready');
    at('state').dataset.level = errors.length ? 'red' : faults.length ? 'amber' : 'green';
    at('name').textContent = name === 'printer' ? say(kind) : `${say(kind)} ${name}`;
    at('address').textContent = `${device.url} · ${device.links} ${word('hosts')}`;
    at('power').classList.toggle('on', !device.faults.includes('unplugged'));
    at('paper').classList.toggle(
      'on',
      device.faults.some((fault) => fault.startsWith('paper')),
    );
    at('error').classList.toggle('on', errors.length > 0);
  }

  return {
    element: card,
    show(device, words) {
      showState(device, words);
      const metres = device.view.roll_mm / 1000;
      at('roll meter').value = metres;
      at('roll output').textContent = `${metres.toFixed(1)} ${words.word('metres')}`;
      pressButtons(card, device.faults);
      for (const [number, figure] of tickets) {
        if (number < device.view.oldest_ticket) {
          figure.remove();
          tickets.delete(number);
        }
      }
      device.view.tickets.forEach(showTicket);
      for (const [number, figure] of tickets) {
        const where = ['in_mouth', 'retracted'].find((one) => device.view[one].includes(number));
        figure.lastChild.textContent = `№ ${number} ${where ? words.word(where) : ''}`;
      }
      document.getElementById('no-tickets').hidden = gallery.childElementCount > 0;
    },
  };
}
