import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeConsole } from '#apps/console/compose.ts';
import { readConsoleConfig } from '#apps/console/config.ts';
import { publishScan } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { ledgerDigest } from '#policy/bundle/digests.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { layOutAlpineDatabase, freePort, scanAlpine } from '../test/journeys/make-scan.ts';

/**
 * From sending a small catalog to holding the console's verdict, in milliseconds (median of 30), on a real console with
 * the embedded PostgreSQL; beside it two requests that only read, the least that such an exchange can take. What verdicts that
 * can be made again add to it is told apart.
 */
const rounds = 30;
const stateFolder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
chmodSync(stateFolder, 0o711);
const port = await freePort();
const options = { stateFolder, checkout: stateFolder, host: '127.0.0.1', port, linkPort: 0, hostNames: [] };
const seawall = await composeConsole(readConsoleConfig({ SEAWALL_STALE_FEED_DAYS: '36500' }, options));
try {
  await layOutAlpineDatabase(stateFolder);
  await seawall.vulnerability.useDatabase(join(stateFolder, 'vulnerability.db'));
  const publisher = await callAs('ci');
  const reader = await callAs('developer');
  const publication = await scanAlpine(stateFolder, '3.3.0-r0');
  const ours = await median(async () => {
    const { scan } = await call(publishScan, { body: publication as never }, publisher);
    const answer = await call(getScanVerdict, { params: { scan }, query: { wait: 30 } }, publisher);
    if (answer.state !== 'judged') throw new Error(`The scan is ${answer.state}.`);
  });
  const peer = await median(async () => {
    await call(listHosts, {}, reader);
    await call(listHosts, {}, reader);
  });
  const digest = digestTime();
  console.log(
    `The digest that a ledger entry carries of its bundle takes ${digest.toFixed(4)}ms: ${((100 * digest) / ours).toFixed(3)} %.`,
  );
  console.log(`publish-verdict ours=${ours.toFixed(1)}ms peer=${peer.toFixed(1)}ms ratio=${(ours / peer).toFixed(1)}`);
} finally {
  await seawall.close();
  rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
}

/** Milliseconds of one digest over two counting scans, as each environment of an image needs one where hosts hold it. */
function digestTime(): number {
  const verdicts = ['a', 'b'].map((sign) => ({ scan: randomUUID(), verdict: sign.repeat(64) }));
  const statement = { subject: `sha256:${'c'.repeat(64)}`, environment: 'prod', verdicts };
  const [times, started] = [10_000, performance.now()];
  for (let time = 0; time < times; time++) ledgerDigest({ ...statement, holds: String(time) });
  return (performance.now() - started) / times;
}

async function callAs(role: 'ci' | 'developer') {
  const { secret } = await seawall.access.createToken({ name: role, role, repositories: ['*'] });
  return { baseUrl: seawall.url, token: secret };
}

async function median(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.toSorted((left, right) => left - right)[rounds / 2] ?? Number.NaN;
}
