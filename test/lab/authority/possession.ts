import type { SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { listContainers } from '#inventory/contract.ts';
import { lookForProvenance } from '#provenance/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { claimBy, countsOf, holds, incidentOf, silenceOf } from './attempts.ts';
import type { Harbour } from './harbour.ts';
import { emptied, refusedOnly } from './publishing.ts';
import { staysSo } from './staying.ts';

/** What somebody says of a thing that another host holds, and what a host says of the names of its own. */
export const possessionCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A26',
    title: 'the file system of a host is believed of that host alone, not of a token and not of another host',
    protectedBy: 'the host that the file system is called after',
    async run(harbour) {
      const { armed, buildToken, cargo, publish, row, scan, stranger } = harbour;
      const honest = await scan(cargo('shop', 'vulnerable'));
      const subject = 'host:root-26' as SubjectId;
      const own = await stranger({ host: 'root-26', environments: ['prod'], environment: 'prod' });
      await own.host();
      await own.subject({ subject, state: 'present', names: ['root-26'] });
      await own.scan(fileSystem(honest, 'root-26'));
      await own.stored();
      await until('a failing verdict', async () => (await row(subject))?.verdict === 'fail', { seconds: 20 });
      const clean = fileSystem(emptied(honest, 'with'), 'root-26');
      const { secret } = await buildToken('roots', ['*']);
      await publish(clean, secret).catch(refusedOnly);
      const liar = await stranger({ host: 'liar-26', environments: ['prod'], environment: 'prod' });
      await liar.host();
      await liar.subject({ subject, state: 'present', names: ['root-26'] });
      await liar.scan(clean);
      await liar.stored();
      if (!armed) {
        await own.scan(clean);
        await own.stored();
      }
      await staysSo('the verdict', async () => (await row(subject))?.verdict, 'fail');
      for (const publisher of ['roots', 'liar-26']) {
        const silenced = await silenceOf(harbour, subject, publisher);
        expectThat(silenced === 'recorded', `the scan of ${publisher} is shown as ${silenced ?? 'one that counts'}`);
      }
      return undefined;
    },
  },
  {
    id: 'A27',
    title: 'a host that gets an image scans it itself although another host has, and finds what that one left out',
    protectedBy: 'the scan of the host itself',
    async run(harbour) {
      const { armed, cargo, load, piers, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      const liar = await stranger({ host: 'liar-27', environments: ['prod'], environment: 'prod' });
      await holds(liar, target);
      await liar.scan(emptied(await scan(target), 'with'));
      await liar.stored();
      await until('the verdict of the liar', async () => (await verdict(target.digest, 'prod')) === 'pass', {
        seconds: 20,
      });
      if (!armed) await piers.prod.killAgent('SIGTERM');
      try {
        await load(target, piers.prod);
        await until('the scan of the pier', () => countsOf(harbour, target.digest, 'pier/prod'), { seconds: 15 });
      } finally {
        if (!armed) await piers.prod.startAgent();
      }
      await until('its verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 10 });
      const { title } = await incidentOf(harbour, target.digest, ['liar-27', 'pier/prod']);
      return title;
    },
  },
  {
    id: 'A28',
    title: 'names and container ids that a host reports change neither origin, verdict nor environment of others',
    protectedBy: 'the proof of origin',
    async run(harbour) {
      const { armed, ask, cargo, image, piers, push, registry, row, run, scan, stranger, verdict } = harbour;
      const target = cargo('mill', 'vulnerable');
      const id = await run(target, piers.prod);
      await until('a failing verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 20 });
      const named = (await image(target.digest)).subject;
      const foreign = [`${registry}/shop/trusted:28`, 'registry.example/others/web:28'];
      const liar = await stranger({ host: 'liar-28', environments: ['dev'], environment: 'dev' });
      await holds(liar, target, foreign);
      const reported = { id: target.digest, name: foreign[0] ?? '' };
      await liar.container({ name: 'mole-28', image: reported, subject: target.digest, id, environment: 'prod' });
      await liar.scan({ ...emptied(await scan(target), 'with'), target: foreign[0] ?? '' });
      await liar.stored();
      if (!armed) await push({ ...target, name: foreign[0] ?? '' });
      const { provenance } = await ask(lookForProvenance, { params: { subject: target.digest } });
      expectThat(provenance.origin.state !== 'proven', 'the name proves an origin');
      await staysSo('the verdict in prod', async () => await verdict(target.digest, 'prod'), 'fail');
      expectThat((await row(target.digest))?.verdict === 'fail', 'the list shows another verdict');
      const now = (await image(target.digest)).subject;
      expectThat(JSON.stringify(now) === JSON.stringify(named), 'the image has another name');
      const { containers } = await ask(listContainers, { query: { subject: target.digest } });
      const places = containers.map(({ host, environment }) => `${host} in ${environment ?? 'none'}`).toSorted();
      expectThat(places.join() === 'liar-28 in dev,pier/prod in prod', `containers are at ${places.join()}`);
      const { title } = await claimBy(harbour, 'liar-28');
      return title;
    },
  },
];

/** What was found in an image, as the root of a host. */
function fileSystem({ catalog, ...rest }: ScanPublication, host: string): ScanPublication {
  const { executables: _, ...found } = catalog;
  return {
    ...rest,
    target: 'dir:/',
    subject: { kind: 'file-system', id: `host:${host}` as SubjectId, name: host, path: '/' },
    catalog: {
      ...found,
      analyzers: found.analyzers.filter(({ id }) => id !== 'executables'),
      packages: found.packages.map((one) => ({ ...one, layer: 0 })),
    },
  };
}
