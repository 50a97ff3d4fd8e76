// The page's texts in both languages, for useWords().
import { en } from './words/en';
import { zh } from './words/zh';

export const texts = { zh, en };
