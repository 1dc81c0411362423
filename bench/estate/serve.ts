import { randomUUID } from 'node:crypto';
import { silentLog } from '../../src/base/index.ts';
import { createServer } from '../../src/http/console/index.ts';
import { openEstate } from './store.ts';

/* The explorer behind a real server, in a process of its own, so that its memory is its own; `bench/estate.ts` starts it. */
const { store, estate, explorer } = await openEstate(process.argv[2] ?? '');
const server = await createServer({
  routes: explorer.routes,
  streams: explorer.streams,
  authenticate: async () => ({ kind: 'user', id: randomUUID(), name: 'bench', permissions: ['read'] }),
  hostNames: [],
  log: silentLog,
});
const { origin } = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${origin}\n`);
process.once('SIGTERM', () => void close());

async function close(): Promise<void> {
  await server.close();
  await estate.close();
  await store.close();
}
