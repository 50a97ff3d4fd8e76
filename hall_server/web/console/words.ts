// Texts of the console in both languages.
import type { Dictionary } from '@shared/words';
import { en } from './words/en';
import { zh, type ConsoleKey } from './words/zh';

export const consoleWords: Dictionary<ConsoleKey> = { zh, en };
