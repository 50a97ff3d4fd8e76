/** Elements, words in the chosen language, and times people can read. */
import { WORDS } from './words.mjs';

let language = localStorage.getItem('language') === 'en' ? 'en' : 'zh';

export const word = (key) => WORDS[language][key] ?? key;

/** A text that came in both languages: `say(device, 'kind')` is its kind_zh or kind_en. */
export const say = (told, name) =>
  name ? told[`${name}_${language}`] || told[`${name}_zh`] : told[language] || told.zh;

export const advice = (matter) => matter[`${language}_advice`];

export function changeLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', language);
}

export function spell(place = document) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = word('title');
  place.querySelectorAll('[data-word]').forEach((each) => {
    each.textContent = word(each.dataset.word);
  });
  place.querySelectorAll('[data-label]').forEach((each) => {
    each.setAttribute('aria-label', word(each.dataset.label));
    each.setAttribute('placeholder', word(each.dataset.label));
  });
}

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

export function lasting(seconds) {
  const units = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
    [1, 'seconds'],
  ];
  const [size, name] = units.find(([size]) => seconds >= size) ?? units.at(-1);
  return `${Math.floor(seconds / size)} ${word(name)}`;
}

export function ago(seconds) {
  if (seconds === null) return word('never');
  return seconds < 3 ? word('now') : `${lasting(seconds)}${language === 'zh' ? '' : ' '}${word('ago')}`;
}

export const LEVELS = {
  ok: 'green',
  degraded: 'amber',
  unknown: 'amber',
  disabled: 'grey',
  fault: 'red',
  offline: 'red',
};
