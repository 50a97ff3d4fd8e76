// Lets receiptio, a host not written here, speak to the printer named by the first argument; the
// rest are its own options. Prints the one word it came to: success, online, coveropen, …
import { readFileSync } from 'node:fs';
import receiptio from 'receiptio';

const [destination, ...options] = process.argv.slice(2);
const document = options.includes('-q') ? '' : readFileSync(0, 'utf8');
console.log(await receiptio.print(document, ['-d', destination, ...options].join(' ')));
