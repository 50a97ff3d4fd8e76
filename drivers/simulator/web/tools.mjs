/** What every panel is made of: elements, words of a device, and buttons that send orders. */

export function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Words that a kind brings along are kept at the element, so that a change of language finds them. */
export function tell(place, { zh, en }) {
  place.dataset.zh = zh;
  place.dataset.en = en;
}

function order(body) {
  const sent = fetch('fault', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  sent.catch(() => document.dispatchEvent(new Event('link-lost')));
}

function button(className, words, onClick) {
  const made = element('button', className);
  made.type = 'button';
  tell(made, words);
  made.addEventListener('click', onClick);
  return made;
}

function faultButton(device, fault) {
  const made = button('fault', fault, () =>
    order({ device, fault: fault.name, on: made.getAttribute('aria-pressed') !== 'true' }),
  );
  made.dataset.fault = fault.name;
  made.setAttribute('aria-pressed', 'false');
  return made;
}

function actionButtons(device, action) {
  if (action.asks_text) return [textAction(device, action)];
  const choices = action.choices.length ? action.choices : [{ ...action, name: '' }];
  return choices.map((choice) => {
    const made = button('action', choice, () =>
      order({ device, action: action.name, value: choice.name }),
    );
    made.dataset.action = [action.name, choice.name].filter(Boolean).join(' ');
    return made;
  });
}

function textAction(device, action) {
  const form = element('form', 'text-action');
  const field = element('input', '');
  field.dataset.action = action.name;
  tell(field, action);
  form.append(
    field,
    button('action', action, () => {}),
  );
  form.lastChild.type = 'submit';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    order({ device, action: action.name, value: field.value });
  });
  return form;
}

/** The buttons of one group, made once, so that they keep the keyboard's focus. */
export function group(device, { faults, actions }) {
  const made = element('div', 'group');
  made.append(
    ...faults.map((fault) => faultButton(device, fault)),
    ...actions.flatMap((action) => actionButtons(device, action)),
  );
  return made;
}

export function pressButtons(place, faults) {
  place.querySelectorAll('.fault').forEach((each) => {
    each.setAttribute('aria-pressed', String(faults.includes(each.dataset.fault)));
  });
}
