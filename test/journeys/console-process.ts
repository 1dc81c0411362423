import { composeConsole } from '#apps/console/compose.ts';
import { readConsoleConfig } from '#apps/console/config.ts';

/**
 * A console as a process of its own, to be killed: `node console-process.ts STATE-FOLDER PORT`. Tells one line of JSON
 * once it serves and has its database in use, where there is one: `{ token }`, a token that may publish.
 */
const [stateFolder = '', port = ''] = process.argv.slice(2);
const config = readConsoleConfig(process.env, {
  stateFolder,
  checkout: stateFolder,
  host: '127.0.0.1',
  port: Number(port),
  linkPort: 0,
  hostNames: [],
});
const seawall = await composeConsole(config);
await seawall.vulnerability.useDatabase(config.databasePath);
const { secret } = await seawall.access.createToken({ name: 'pipeline', role: 'ci', repositories: ['*'] });
process.stdout.write(`${JSON.stringify({ token: secret })}\n`);
process.once('SIGTERM', () => void seawall.close().then(() => process.exit(0)));
