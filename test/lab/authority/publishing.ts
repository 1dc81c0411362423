import { isOfBase } from '../estate/images.ts';
import { revokeToken } from '#access/contract.ts';
import { AppError, type SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { staysSo } from './staying.ts';

/** What a token of a build can say, and what it changes. */
export const publishingCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A1',
    title: 'a token that publishes no packages and no analyzers for what runs in prod turns neither verdict nor ledger',
    protectedBy: 'the scan of the host that holds the image',
    run: (harbour) => turnsNothing(harbour, (honest) => emptied(honest, harbour.armed ? 'without' : 'with')),
  },
  {
    id: 'A2',
    title: 'with all analyzers it turns nothing either, also where the registry proves the origin',
    protectedBy: 'the scan of the host that holds the image',
    run: (harbour) => turnsNothing(harbour, (honest) => emptied(honest, 'with')),
  },
  {
    id: 'A3',
    title: 'the same package names with version 9:9 turn nothing, with package URLs of before and with their own',
    protectedBy: 'the scan of the host that holds the image',
    run: (harbour) => turnsNothing(harbour, withVersion('kept'), withVersion('own')),
  },
  {
    id: 'A4',
    title: 'a name that a host gives an image does not bring it into the reach of a token',
    protectedBy: 'the proof of origin',
    async run(harbour) {
      const { armed, buildToken, cargo, piers, publish, push, run, row, scan } = harbour;
      const target = cargo('mill', 'vulnerable');
      // Disarmed, the registry itself holds the image in the repository of the token.
      const alias = { ...target, name: target.name.replace('/mill/', '/shop/') };
      if (armed) {
        await run(target, piers.prod);
        await piers.prod.docker('tag', target.name, alias.name);
      }
      const { secret } = await buildToken('of the shop', [`${harbour.registry}/shop/*`]);
      const honest = named(await scan(alias), alias.name);
      if (!armed) {
        await publish(honest, secret);
        await push(alias); // the console looks for the origin of what it knows
      }
      await until('a failing verdict', async () => (await row(target.digest))?.verdict === 'fail', { seconds: 30 });
      await publish(emptied(honest, 'with'), secret).catch(refusedOnly);
      await staysSo('the verdict', async () => (await row(target.digest))?.verdict, 'fail');
      return undefined;
    },
  },
  {
    id: 'A5',
    title: 'a token whose repositories hold no name of the image is refused, and the image stays unknown',
    protectedBy: 'the repositories of the token',
    async run(harbour) {
      const { armed, buildToken, cargo, publish, registry, row, scan } = harbour;
      const target = cargo('mill', 'sound');
      const { secret } = await buildToken('stranger', [`${registry}/${armed ? 'shop' : 'mill'}/*`]);
      const answer = await publish(await scan(target), secret).then(
        () => 'taken',
        (error: unknown) => (error instanceof AppError ? error.message : String(error)),
      );
      expectThat(answer !== 'taken', 'the publication was taken');
      expectThat((await row(target.digest)) === undefined, 'the image is listed');
      return answer;
    },
  },
  {
    id: 'A6',
    title: 'a publisher renames an image for nobody',
    protectedBy: 'the counting scan that names it',
    async run(harbour) {
      const { armed, buildToken, cargo, piers, publish, push, run, row, scan, registry } = harbour;
      const target = cargo('shop', 'sound');
      const { secret } = await buildToken('renamer', [`${registry}/shop/*`]);
      const honest = await scan(target);
      if (armed) await run(target, piers.prod);
      else {
        await publish(honest, secret);
        await push(target); // the console looks for the origin of what it knows
      }
      await until('a verdict', async () => (await row(target.digest))?.verdict, { seconds: 30 });
      await publish(named(honest, `${registry}/shop/forged:1`), secret).catch(refusedOnly);
      await staysSo('its name', async () => (await row(target.digest))?.names.join(), target.name);
      return undefined;
    },
  },
  {
    id: 'A7',
    title: 'what a token published counts while the registry proves its origin, and no more once the token is revoked',
    protectedBy: 'the revocation',
    async run({ armed, ask, buildToken, cargo, publish, push, registry, scan, image }) {
      const target = cargo('shop', 'sound');
      const { id, secret } = await buildToken('to be revoked', [`${registry}/shop/*`]);
      await publish(await scan(target), secret);
      await push(target);
      const counts = async (): Promise<boolean> =>
        (await image(target.digest)).scans.some(({ counts }) => counts.length > 0);
      await until('a counting scan', counts, { seconds: 20 });
      if (armed) await ask(revokeToken, { params: { id } });
      await until('no counting scan', async () => !(await counts()), { seconds: 10 });
      return undefined;
    },
  },
];

/** Runs a vulnerable image in prod, tells each lie about it, and sees that verdict and ledger stay as they are. */
async function turnsNothing(
  harbour: Harbour,
  ...lies: readonly ((honest: ScanPublication) => ScanPublication)[]
): Promise<string | undefined> {
  const { armed, buildToken, cargo, publish, push, registry, row, scan } = harbour;
  const target = cargo('shop', 'vulnerable');
  const { secret } = await buildToken('liar', [`${registry}/shop/*`]);
  const honest = await scan(target);
  if (armed) await refusedInProd(harbour, target);
  else await publish(honest, secret);
  await push(target);
  if (!armed) {
    await until('a failing verdict', async () => (await row(target.digest))?.verdict === 'fail', { seconds: 30 });
  }
  for (const lie of lies) await publish(lie(honest), secret).catch(refusedOnly);
  await staysSo('the verdict', async () => (await row(target.digest))?.verdict, 'fail');
  if (armed) expectThat(answerIn(harbour, target.digest) === 'deny', 'the ledger lets it start');
  return undefined;
}

/** Runs it in prod, and waits until the ledger of that host refuses it. */
export async function refusedInProd(harbour: Harbour, target: Cargo): Promise<void> {
  const { load, piers, verdict } = harbour;
  await load(target, piers.prod);
  const fails = async (): Promise<boolean> => (await verdict(target.digest, 'prod')) === 'fail';
  await until('a failing verdict in prod', fails, { seconds: 30 });
  await until('a ledger that refuses it', async () => answerIn(harbour, target.digest) === 'deny', { seconds: 30 });
}

/** What the ledger of prod's host says of an image there. */
export function answerIn({ entry, piers }: Harbour, digest: SubjectId): 'allow' | 'deny' | undefined {
  return entry(piers.prod, digest, 'prod')?.answer;
}

/** Nothing but what every image has, as if the vulnerable package were not there. */
export function emptied(honest: ScanPublication, analyzers: 'with' | 'without'): ScanPublication {
  const { catalog } = honest;
  if (analyzers === 'with') return { ...honest, catalog: { ...catalog, packages: catalog.packages.filter(isOfBase) } };
  const { executables: _, ...rest } = catalog;
  return { ...honest, catalog: { ...rest, packages: [], analyzers: [] } };
}

/** The same packages in a version that no vulnerability reaches, under the package URLs of before or those of that version. */
function withVersion(urls: 'kept' | 'own'): (honest: ScanPublication) => ScanPublication {
  return (honest) => {
    const { catalog } = honest;
    const packages = catalog.packages.map((found) => {
      if (isOfBase(found)) return found;
      const [version, source] = ['9:9', undefined];
      const purl = urls === 'kept' ? found.purl : found.purl.replace(encodeURIComponent(found.version), '9%3A9');
      return { ...found, version, source, purl };
    });
    return { ...honest, catalog: { ...catalog, packages: packages as typeof catalog.packages } };
  };
}

export function named(honest: ScanPublication, name: string): ScanPublication {
  return honest.subject.kind === 'image' ? { ...honest, subject: { ...honest.subject, names: [name] } } : honest;
}

/** A refusal by the console is what a case hopes for; anything else goes on up. */
export function refusedOnly(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
