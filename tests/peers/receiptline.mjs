// Prints to standard output the ESC/POS bytes that receiptline makes of the document on standard
// input. Arguments: the printer's command set, and characters per line.
import { readFileSync } from 'node:fs';
import receiptline from 'receiptline';

const [command, cpl] = process.argv.slice(2);
const printer = { cpl: Number(cpl), encoding: 'gb18030', command };
const bytes = receiptline.transform(readFileSync(0, 'utf8'), printer);
process.stdout.write(Buffer.from(bytes, 'binary'));
