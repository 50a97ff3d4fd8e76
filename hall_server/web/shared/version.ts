// The version these pages were built as; the hall turns away one that is too old.
import { version } from '../../../package.json';

export const VERSION: string = version;
