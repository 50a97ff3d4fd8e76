/** A window bar: its lamps, how long they stay lit, and its buttons. */
import { Panel } from './leds.mjs';
import { element, group, pressButtons } from './tools.mjs';

export function makeBar(name, kind) {
  const card = element('article', 'bar');
  const canvas = element('canvas', 'leds');
  canvas.setAttribute('role', 'img');
  const foot = element('div', 'bar-foot');
  const title = element('strong', 'bar-name');
  const note = element('span', 'bar-note');
  foot.append(title, note, ...kind.groups.map((each) => group(name, each)));
  card.append(canvas, foot);
  const panel = new Panel(canvas);

  function tellEnd(areas, passed, word) {
    const ends = areas.map((area) => area.seconds_left);
    note.textContent = !ends.length
      ? word('dark')
      : ends.includes(null)
        ? word('endless')
        : `${Math.max(0, Math.max(...ends) - passed)} ${word('secondsLeft')}`;
  }

  return {
    element: card,
    show(device, { word }) {
      const { areas } = device.view;
      panel.show(areas);
      canvas.setAttribute('aria-label', areas.map((area) => area.text).join(' ') || word('dark'));
      title.textContent = `${name} · ${device.url}`;
      card.dataset.linked = String(device.links > 0);
      tellEnd(areas, 0, word);
      pressButtons(card, device.faults);
    },
    /** Between updates the seconds until dark go on by themselves. */
    pass(device, seconds, { word }) {
      if (device.view.areas.length) tellEnd(device.view.areas, seconds, word);
    },
  };
}
