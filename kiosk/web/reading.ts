// Texts about codes and cards: what the scanner and the card reader are for.
import { useWords, type Dictionary } from '@shared/words';

const zh = {
  'place.title': '您的排队情况',
  'place.window': '请到 {n} 号窗口',
  'place.at_window': '正在 {n} 号窗口办理',
  'place.no_window': '目前没有窗口办理这项业务，您的号仍然有效，请到服务台询问',
  'place.none': '无法识别此码',
  'card.title': '请刷身份证',
  'card.lead': '请将身份证放在读卡区；已放好的请拿起后重新放置',
  'card.why': '本大厅实名取号：只用于确认一人一号，不保存姓名和号码',
  'card.unreadable': '没有读出，请拿起后重新放置',
  'card.away': '本机读卡器暂时不能使用，请到咨询台取号',
  'card.read': '已读取 {name} {number}',
};

export type ReadingKey = keyof typeof zh;

const en: Record<ReadingKey, string> = {
  'place.title': 'Your place in the queue',
  'place.window': 'Please go to window {n}',
  'place.at_window': 'Being served at window {n}',
  'place.no_window':
    'No window serves this at present; your ticket stays valid, please ask at the desk',
  'place.none': 'This code is not known here',
  'card.title': 'Show your identity card',
  'card.lead': 'Lay your card on the reader; if it lies there already, lift it and lay it again',
  'card.why': 'One number a person: neither name nor number of your card is kept',
  'card.unreadable': 'It could not be read: lift it and lay it again',
  'card.away': 'The card reader does not work now: please get a number at the desk',
  'card.read': 'Read: {name} {number}',
};

const dictionary: Dictionary<ReadingKey> = { zh, en };

export function useReadingWords() {
  return useWords(dictionary);
}
