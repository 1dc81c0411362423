import { putCollection } from '#access/contract.ts';
import { isAppError } from '#base/index.ts';
import { listContainers, listHosts } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Harbour } from './harbour.ts';
import { answerIn, emptied, refusedInProd } from './publishing.ts';
import { staysSo } from './staying.ts';

/** What a host whose agent lies can say, and what it changes. */
export const hostCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A10',
    title: 'an agent of prod that does not hold an image decides nothing about it',
    protectedBy: 'the possession',
    async run(harbour) {
      const { armed, cargo, row, scan, stranger } = harbour;
      const target = cargo('shop', 'vulnerable');
      const honest = await scan(target);
      if (armed) await refusedInProd(harbour, target);
      const liar = await stranger({ host: 'liar-10', environments: ['prod'] });
      await liar.host();
      if (!armed) {
        // Alone with the image, it speaks for it.
        await liar.image({ id: target.digest, subject: target.digest, names: [target.name] });
        await liar.scan(honest);
        await until('a failing verdict', async () => (await row(target.digest))?.verdict === 'fail', { seconds: 30 });
      }
      await liar.scan(emptied(honest, 'with'));
      await liar.stored();
      await staysSo('the verdict', async () => (await row(target.digest))?.verdict, 'fail');
      return undefined;
    },
  },
  {
    id: 'A11',
    title:
      'a second host of prod that holds it and lies turns nothing, and the difference is an incident with both names',
    protectedBy: 'the scan of the other host',
    async run(harbour) {
      const { armed, cargo, incidents, row, scan, stranger } = harbour;
      const target = cargo('shop', 'vulnerable');
      const honest = await scan(target);
      if (armed) await refusedInProd(harbour, target);
      const liar = await stranger({ host: 'liar-11', environments: ['prod'] });
      await liar.host();
      await liar.image({ id: target.digest, subject: target.digest, names: [target.name] });
      await liar.scan(emptied(honest, 'with'));
      await liar.stored();
      await staysSo('the verdict', async () => (await row(target.digest))?.verdict ?? 'fail', 'fail');
      expectThat(answerIn(harbour, target.digest) === 'deny', 'the ledger lets it start');
      const [incident] = await until(
        'the incident',
        async () => {
          const found = await incidents(target.digest);
          return found.length > 0 ? found : undefined;
        },
        { seconds: 20 },
      );
      expectThat(incident?.title.includes('liar-11') === true, `the incident says: ${incident?.title}`);
      return incident.title;
    },
  },
  {
    id: 'A12',
    title: 'an agent of dev says nothing of prod: not by its own word, and not by the labels of containers',
    protectedBy: 'the environments of its join token',
    async run({ armed, ask, cargo, stranger }) {
      const target = cargo('shop', 'sound');
      const liar = await stranger({
        host: 'liar-12',
        environments: armed ? ['dev'] : ['dev', 'prod'],
        environment: 'dev',
      });
      await liar.host({ environment: 'prod', allowEnvironments: ['prod'] });
      await liar.image({ id: target.digest, subject: target.digest, names: [target.name] });
      const image = { id: target.digest, name: target.name };
      await liar.container({ name: 'mole', image, subject: target.digest, environment: 'prod' });
      await liar.stored();
      const { containers } = await ask(listContainers, { query: { host: 'liar-12' } });
      expectThat(containers[0]?.environment === 'dev', `its container stands in ${containers[0]?.environment}`);
      return undefined;
    },
  },
  {
    id: 'A13',
    title: 'a host whose name fits a collection of prod stands where its join token says',
    protectedBy: 'the environments of its join token',
    async run({ armed, ask, stranger }) {
      const body = { name: 'Databases', description: '', environment: 'prod', selects: { hosts: ['db-*'] } };
      await ask(putCollection, { params: { id: 'databases' }, body });
      const liar = await stranger({
        host: 'db-1',
        environments: armed ? ['dev'] : ['dev', 'prod'],
        environment: 'dev',
      });
      await liar.host();
      await liar.stored();
      const host = (await ask(listHosts)).hosts.find(({ name }) => name === 'db-1');
      expectThat(host?.environment === 'dev', `the host stands in ${host?.environment}`);
      return undefined;
    },
  },
  {
    id: 'A14',
    title: 'a join token that names no environment is not made',
    async run({ ask }) {
      const body = { name: 'anywhere' } as never;
      const answer = await ask(createJoinToken, { body }).then(
        () => 'made',
        (error: unknown) => (isAppError(error) ? error.code : 'failed'),
      );
      expectThat(answer === 'bad-request', `the token is ${answer}`);
      return undefined;
    },
  },
  {
    id: 'A15',
    title: 'a token for any host takes over no host that is silent',
    protectedBy: 'the name that the join token must carry',
    async run({ armed, ask, stranger, cargo, linkPort }) {
      const target = cargo('shop', 'sound');
      const quiet = await stranger({ host: 'quiet-15', environments: ['prod'] });
      await quiet.host();
      await quiet.image({ id: target.digest, subject: target.digest, names: [target.name] });
      await quiet.stored();
      await quiet.close();
      await until(
        'a silent host',
        async () => (await ask(listHosts)).hosts.find(({ name }) => name === 'quiet-15')?.stale,
        { seconds: 45 },
      );
      const { joinAsHost } = await import('../../journeys/reporting-host.ts');
      const limits = armed ? {} : { hosts: 'quiet-15' };
      const body = { name: 'take-over', environments: ['prod'], ...limits };
      const { secret } = await ask(createJoinToken, { body });
      const words = { console: `https://127.0.0.1:${linkPort}`, token: secret, name: 'quiet-15' };
      const answer = await joinAsHost(words).then(
        async (host) => {
          await host.close();
          return 'joined';
        },
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
      expectThat(answer !== 'joined', 'it took the place of the silent host');
      return answer;
    },
  },
];
