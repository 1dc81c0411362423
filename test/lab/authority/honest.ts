import type { SubjectId } from '#base/index.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { answerIn, emptied } from './publishing.ts';
import { staysSo } from './staying.ts';

/** What honest people do still works, and nobody is alarmed. */
export const honestCases: readonly LabCase<Harbour>[] = [
  {
    id: 'H1',
    title:
      'a build publishes first and its scan counts; the host that loads the image confirms it, without an incident',
    async run(harbour) {
      const { buildToken, cargo, load, piers, publish, push, registry, scan } = harbour;
      const target = cargo('shop', 'sound');
      const { secret } = await buildToken('build of the shop', [`${registry}/shop/*`]);
      await publish(await scan(target), secret);
      await push(target);
      await until('the scan of the build', async () => (await countingOf(harbour, target)).includes('token'), {
        seconds: 20,
      });
      await load(target, piers.prod);
      const started = performance.now();
      await until('the scan of the host', async () => (await countingOf(harbour, target)).includes('agent'), {
        seconds: 30,
      });
      await until('a ledger that allows it', async () => answerIn(harbour, target.digest) === 'allow', { seconds: 20 });
      await quiet(harbour, target.digest);
      return `confirmed after ${Math.round(performance.now() - started)} ms`;
    },
  },
  {
    id: 'H2',
    title: 'a second host joins with the image, finds the same, and nothing changes',
    async run(harbour) {
      const { cargo, load, piers, row, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'sound');
      await load(target, piers.prod);
      await until('a verdict', async () => (await verdict(target.digest, 'prod')) === 'pass', { seconds: 30 });
      const second = await stranger({ host: 'second', environments: ['prod'] });
      await second.host();
      await second.image({ id: target.digest, subject: target.digest, names: [target.name] });
      await second.scan(await scan(target));
      await second.stored();
      await staysSo('the verdict', async () => (await row(target.digest))?.verdict, 'pass');
      await quiet(harbour, target.digest);
      return undefined;
    },
  },
  {
    id: 'H3',
    title: 'an image that its owner renames keeps its verdict and shows the new name',
    async run(harbour) {
      const { cargo, load, piers, row, verdict } = harbour;
      const target = cargo('shop', 'sound');
      await load(target, piers.prod);
      await until('a verdict', async () => (await verdict(target.digest, 'prod')) === 'pass', { seconds: 30 });
      const renamed = target.name.replace('/cargo:', '/renamed:');
      await piers.prod.docker('tag', target.name, renamed);
      await until('the new name', async () => (await row(target.digest))?.names.includes(renamed), { seconds: 10 });
      expectThat((await verdict(target.digest, 'prod')) === 'pass', 'the verdict changed');
      return undefined;
    },
  },
  {
    id: 'H4',
    title: 'an image that comes from dev to prod is judged in prod by the scan of the host there',
    async run(harbour) {
      const { cargo, image, load, piers, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      await load(target, piers.dev);
      await until('a verdict in dev', async () => (await verdict(target.digest, 'dev')) === 'pass', { seconds: 30 });
      await load(target, piers.prod);
      await until('a verdict in prod', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 30 });
      expectThat((await verdict(target.digest, 'dev')) === 'pass', 'the verdict in dev changed');
      const hosts = (await image(target.digest)).scans.map(({ publisher }) => publisher.name);
      expectThat(hosts.includes('pier/dev') && hosts.includes('pier/prod'), `it was scanned by ${hosts.join(', ')}`);
      return undefined;
    },
  },
  {
    id: 'H5',
    title:
      'two teams whose repositories hold one digest publish the same: one scan counts for both, without an incident',
    async run(harbour) {
      const { buildToken, cargo, image, publish, push, registry, scan } = harbour;
      const target = cargo('shop', 'sound');
      const other = { ...target, name: target.name.replace('/shop/', '/mill/') };
      for (const [repository, one] of [
        ['shop', target],
        ['mill', other],
      ] as const) {
        const { secret } = await buildToken(`build of ${repository}`, [`${registry}/${repository}/*`]);
        const honest = await scan(one);
        const subject = honest.subject.kind === 'image' ? { ...honest.subject, names: [one.name] } : honest.subject;
        await publish({ ...honest, subject }, secret);
      }
      await push(target);
      await push(other);
      const agree = async (): Promise<boolean> => {
        const { scans } = await image(target.digest);
        return (
          scans.some(({ counts }) => counts.length > 0) && scans.some(({ silenced }) => silenced === 'same-content')
        );
      };
      await until('a scan that counts for both', agree, { seconds: 20 });
      await quiet(harbour, target.digest);
      return undefined;
    },
  },
  {
    id: 'H6',
    title: 'where two hosts differ, the console pulls the image by itself, and the host that lied is named',
    async run(harbour) {
      const { cargo, incidents, load, piers, push, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'sound');
      await push(target);
      await load(target, piers.prod);
      await until('a verdict', async () => (await verdict(target.digest, 'prod')) === 'pass', { seconds: 30 });
      const liar = await stranger({ host: 'liar-h6', environments: ['prod'] });
      await liar.host();
      await liar.image({ id: target.digest, subject: target.digest, names: [target.name] });
      await liar.scan(emptied(await scan(target), 'with'));
      await liar.stored();
      const started = performance.now();
      await until('the pull of the console', async () => (await countingOf(harbour, target)).includes('console'), {
        seconds: 60,
      });
      const named = await until(
        'the incident',
        async () => (await incidents(target.digest)).find(({ title }) => title.includes('liar-h6')),
        { seconds: 20 },
      );
      return `pulled after ${Math.round(performance.now() - started)} ms; ${named.title}`;
    },
  },
];

/** Kinds of the publishers whose scans count. */
async function countingOf({ image }: Harbour, { digest }: Cargo): Promise<readonly string[]> {
  const { scans } = await image(digest);
  return scans.filter(({ counts }) => counts.length > 0).map(({ publisher }) => publisher.kind);
}

async function quiet({ incidents }: Harbour, digest: SubjectId): Promise<void> {
  const found = await incidents(digest);
  expectThat(found.length === 0, `there is an incident: ${found[0]?.title}`);
}
