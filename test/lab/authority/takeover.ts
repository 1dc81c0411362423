import { listLackingDocuments, listWantedScans } from '#catalog/contract.ts';
import { getLedger } from '#admission/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { createJoinToken, deliver, protocolVersion, renew, revokeAgent } from '#link/contract.ts';
import { getDesiredConfiguration } from '#runtime/contract.ts';
import { joinAsHost } from '../../journeys/reporting-host.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { claimBy, countsOf, holds, refusalOf } from './attempts.ts';
import type { Harbour } from './harbour.ts';
import { emptied } from './publishing.ts';
import { staysSo } from './staying.ts';

/** Who wants the place of another agent, and who lost his own. */
export const takeoverCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A17',
    title: 'no token takes over a silent instance but one that names its host, and what it had counts when it is back',
    protectedBy: 'the name that the join token must carry',
    async run(harbour) {
      const { armed, ask, cargo, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      const quiet = await stranger({
        host: 'quiet-17',
        instance: 'blue',
        environments: ['prod'],
        environment: 'prod',
      });
      await holds(quiet, target);
      const image = { id: target.digest, name: target.name };
      await quiet.container({ name: 'till', image, subject: target.digest });
      const honest = await scan(target);
      await quiet.scan(honest);
      await quiet.stored();
      await until('a failing verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 20 });
      await quiet.rest();
      const stale = async () => (await ask(listHosts)).hosts.find(({ name }) => name === 'quiet-17/blue')?.stale;
      await until('a silent host', stale, { seconds: 45 });
      const codes = await takeOver(harbour, armed ? ['quiet-1', 'quiet-17-b', 'quiet-*', '*'] : ['quiet-17']);
      // A new instance of the host has its own name and nothing of what the others hold.
      const beside = await stranger({ host: 'quiet-17', instance: 'green', hosts: 'quiet-*', environments: ['prod'] });
      await beside.host();
      await beside.scan(emptied(honest, 'with'));
      await beside.stored();
      await staysSo('the verdict', async () => await verdict(target.digest, 'prod'), 'fail');
      await quiet.wake();
      await until('the host', async () => !(await stale()), { seconds: 20 });
      expectThat(await countsOf(harbour, target.digest, 'quiet-17/blue'), 'its scan counts no more');
      await claimBy(harbour, 'quiet-17/blue');
      return codes;
    },
  },
  {
    id: 'A24',
    title: 'a revoked agent is refused everywhere, its scans count no more, and its host is shown as stale',
    protectedBy: 'the revocation',
    async run(harbour) {
      const { armed, ask, cargo, row, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'sound');
      const gone = await stranger({ host: 'gone-24', environments: ['prod'], environment: 'prod' });
      await holds(gone, target);
      await gone.scan(await scan(target));
      await gone.stored();
      await until('a verdict', async () => (await verdict(target.digest, 'prod')) === 'pass', { seconds: 20 });
      if (armed) await ask(revokeAgent, { params: { id: gone.agent } });
      const started = performance.now();
      // Where no other publisher is left, no page of the image is either.
      const isOver = async () =>
        (await row(target.digest)) === undefined || !(await countsOf(harbour, target.digest, 'gone-24'));
      await until('the end of its scan', isOver, { seconds: 5 });
      const after = Math.round(performance.now() - started);
      const isUnknown = async () => (await verdict(target.digest, 'prod')) === undefined;
      await until('the end of its verdict', isUnknown, { seconds: 10 });
      const endpoints = await refusedEverywhere(gone, 'gone-24');
      const host = (await ask(listHosts)).hosts.find(({ name }) => name === 'gone-24');
      expectThat(host?.stale === true && host.agent.state === 'revoked', 'its host is not shown as stale');
      return `after ${after} ms, at ${endpoints} endpoints`;
    },
  },
];

/** Tries to join as `quiet-17/blue` by a token for each of these patterns. Answers the codes of the refusals. */
async function takeOver({ ask, linkPort }: Harbour, patterns: readonly string[]): Promise<string> {
  const codes: string[] = [];
  for (const hosts of patterns) {
    const body = { name: `for ${hosts}`, environments: ['prod'], hosts };
    const { secret } = await ask(createJoinToken, { body });
    const words = { console: `https://127.0.0.1:${linkPort}`, token: secret, name: 'quiet-17', instance: 'blue' };
    const joining = joinAsHost(words).then(async (host) => await host.close());
    codes.push(`${hosts} ${(await refusalOf(`the place of quiet-17/blue for ${hosts}`, joining)).code}`);
  }
  return codes.join(', ');
}

/** Calls all that the link serves to an agent with its certificate. Answers how many it is. */
async function refusedEverywhere({ ask }: Awaited<ReturnType<typeof joinAsHost>>, host: string): Promise<number> {
  const introduction = { protocol: protocolVersion, host, instance: 'default', version: '0.1.0' };
  const epoch = crypto.randomUUID();
  const batch = { introduction, epoch, sequence: 1, sentAt: new Date().toISOString(), lost: 0, facts: [] };
  const attempts = {
    deliver: () => ask(deliver, { body: batch }),
    renew: () => ask(renew, { body: { csr: 'none' } }),
    ledger: () => ask(getLedger, { body: {} }),
    orders: () => ask(getDesiredConfiguration, { body: { models: [], images: [] } }),
    wanted: () => ask(listWantedScans, { body: { subjects: [], analyzers: [] } }),
    lacking: () => ask(listLackingDocuments, { body: { documents: [] } }),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    const { code } = await refusalOf(what, attempt());
    expectThat(code === 'agent-revoked', `${what} is refused with ${code}`);
  }
  return Object.keys(attempts).length;
}
