// The npm socket.io-client, which our pages use too, driven by lines on standard input:
// {"do": "open", "url", "auth"}, {"do": "cut"} (the line breaks), {"do": "ask", "name", "body"},
// {"do": "end"}. Whatever happens is one line of JSON on standard output.
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
let socket;

function open({ url, auth }) {
  let cursor = auth.cursor ?? 0;
  socket = io(url, {
    transports: ['websocket'],
    auth: (give) => give({ ...auth, cursor }),
    reconnectionDelay: 200,
  });
  socket.on('connect', () => tell({ is: 'connected' }));
  socket.on('connect_error', (error) =>
    tell({ is: 'refused', message: error.message, data: error.data ?? null }),
  );
  socket.on('disconnect', (reason) => tell({ is: 'cut', reason }));
  socket.on('snapshot', (snapshot) => {
    cursor = snapshot.seq;
    tell({ is: 'snapshot', seq: snapshot.seq, windows: snapshot.windows.length });
  });
  socket.on('push', (push) => {
    cursor = Math.max(cursor, push.upto);
    const events = push.events.map(({ seq, type }) => ({ seq, type }));
    tell({ is: 'push', since: push.since, upto: push.upto, events });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.do === 'open') open(order);
  else if (order.do === 'cut') socket.io.engine.close();
  else if (order.do === 'ask') {
    const reply = await socket.timeout(10_000).emitWithAck(order.name, order.body);
    tell({ is: 'reply', reply });
  } else if (order.do === 'end') break;
}
socket?.close();
process.exit(0);
