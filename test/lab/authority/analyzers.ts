import { getLedger, Ledger } from '#admission/contract.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { deliver, type Introduction, protocolVersion } from '#link/contract.ts';
import type { ReportingHost } from '../../journeys/reporting-host.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { countsOf, holds, incidentOf, makeUnpullable, refusalOf, silenceOf } from './attempts.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { emptied, refusedOnly } from './publishing.ts';
import { staysSo } from './staying.ts';

type Analyzers = ScanPublication['catalog']['analyzers'];

/** Analyzers that no release has, and what the console says of a scan by them. */
const forged: readonly {
  readonly how: string;
  readonly analyzers: (all: Analyzers) => Analyzers;
  readonly silenced?: string;
}[] = [
  { how: 'lower versions', analyzers: (all) => all.map((one) => ({ ...one, version: one.version - 1 })) },
  { how: 'higher versions', analyzers: (all) => all.map((one) => ({ ...one, version: one.version + 98 })) },
  { how: 'without apk', analyzers: (all) => all.filter(({ id }) => id !== 'apk') },
];

/** Scans by analyzers that are older, newer or fewer than those of this release, and old scans that come again. */
export const analyzerCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A18',
    title: 'a clean catalog by older, newer or fewer analyzers turns no verdict, from a token nor from the only host',
    protectedBy: 'the analyzers that the release lists',
    async run(harbour) {
      const { armed, buildToken, cargo, publish, push, registry, row, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      const honest = await scan(target);
      const build = await buildToken('honest build 18', [`${registry}/shop/*`]);
      await publish(honest, build.secret);
      await push(target);
      await makeUnpullable(target);
      const liar = await stranger({ host: 'liar-18', environments: ['prod'], environment: 'prod' });
      await holds(liar, target);
      await until('a failing verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 20 });
      const { secret } = await buildToken('liar of 18', [`${registry}/shop/*`]);
      const clean = emptied(honest, 'with');
      const lies = armed ? forged.map(({ analyzers }) => withAnalyzers(clean, analyzers)) : [clean];
      for (const lie of lies) {
        await publish(lie, secret).catch(refusedOnly);
        await liar.scan(lie);
      }
      await liar.stored();
      await staysSo('the verdict', async () => await verdict(target.digest, 'prod'), 'fail');
      expectThat((await row(target.digest))?.verdict === 'fail', 'the list shows another verdict');
      expectThat((await answerTo(liar, target)) !== 'allow', 'the ledger lets it start');
      for (const publisher of ['liar-18', 'liar of 18'])
        expectThat(
          (await silenceOf(harbour, target.digest, publisher)) === 'lacks-analyzers',
          `the scan of ${publisher} is not shown as one that lacks analyzers`,
        );
      return undefined;
    },
  },
  {
    id: 'A29',
    title:
      'a clean catalog by the analyzers of the release before counts beside what the build found, with an incident',
    protectedBy: 'the missing analyzer',
    async run(harbour) {
      const { armed, buildToken, cargo, publish, push, registry, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      const honest = await scan(target);
      const build = await buildToken('honest build 29', [`${registry}/shop/*`]);
      await publish(honest, build.secret);
      await push(target);
      await makeUnpullable(target);
      const liar = await stranger({ host: 'liar-29', environments: ['prod'], environment: 'prod' });
      await holds(liar, target);
      await until('a failing verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 20 });
      const clean = emptied(honest, 'with');
      await liar.scan(armed ? asBefore(clean) : clean);
      await liar.stored();
      await staysSo('the verdict', async () => await verdict(target.digest, 'prod'), 'fail');
      const { title } = await incidentOf(harbour, target.digest, ['liar-29']);
      return title;
    },
  },
  {
    id: 'A25',
    title: 'an older scan that comes again, as a fact, by a token or as a copied batch, changes nothing',
    protectedBy: 'the newer analyzers of the scan that counts',
    async run(harbour) {
      const { armed, buildToken, cargo, publish, registry, scan, stranger, verdict } = harbour;
      const target = cargo('shop', 'vulnerable');
      const honest = await scan(target);
      const host = await stranger({ host: 'again-25', environments: ['prod'], environment: 'prod' });
      await holds(host, target);
      const old = { ...asBefore(emptied(honest, 'with')), scannedAt: '2026-01-05T00:00:00.000Z' };
      await host.scan(old);
      await host.stored();
      await until('the old verdict', async () => (await verdict(target.digest, 'prod')) === 'pass', { seconds: 20 });
      await host.scan(honest);
      await host.stored();
      await until('a failing verdict', async () => (await verdict(target.digest, 'prod')) === 'fail', { seconds: 20 });
      const { secret } = await buildToken('again 25', [`${registry}/shop/*`]);
      await publish(old, secret).catch(refusedOnly);
      await host.scan(armed ? old : emptied(honest, 'with'));
      await host.stored();
      await staysSo('the verdict', async () => await verdict(target.digest, 'prod'), 'fail');
      expectThat(await countsOf(harbour, target.digest, 'again-25'), 'the newer scan counts no more');
      const silenced = await silenceOf(harbour, target.digest, 'again-25');
      expectThat(silenced === 'older-analyzers', `the old scan is silenced as ${silenced ?? 'nothing'}`);
      const { code, message } = await refusalOf('a copied batch', copiedBatch(host, { host: 'again-25', scan: old }));
      expectThat(code === 'epoch-ended', `a copied batch is refused with ${code}`);
      await staysSo('the verdict', async () => await verdict(target.digest, 'prod'), 'fail');
      return message;
    },
  },
];

function withAnalyzers(publication: ScanPublication, change: (all: Analyzers) => Analyzers): ScanPublication {
  const { catalog } = publication;
  return { ...publication, catalog: { ...catalog, analyzers: [...change(catalog.analyzers)] } };
}

/** As agents of v0.1 sent it: they listed no executables. */
function asBefore(publication: ScanPublication): ScanPublication {
  const { executables: _, ...catalog } = publication.catalog;
  const analyzers = catalog.analyzers.filter(({ id }) => id !== 'executables');
  return { ...publication, catalog: { ...catalog, analyzers } };
}

/** What the ledger of a host says of an image in prod. */
async function answerTo(host: ReportingHost, { digest }: Cargo): Promise<string | undefined> {
  const { signed } = await host.ask(getLedger, { body: {} });
  const { entries } = Ledger.parse(JSON.parse(signed.ledger));
  return entries.find((entry) => (entry.digest as string) === digest && entry.environment === 'prod')?.answer;
}

/** Sends a batch of an epoch, begins another one, and sends the first batch once more. */
async function copiedBatch(
  agent: ReportingHost,
  { host, scan }: { readonly host: string; readonly scan: ScanPublication },
): Promise<void> {
  const introduction: Introduction = { protocol: protocolVersion, host, instance: 'default', version: '0.1.0' };
  const at = new Date().toISOString();
  const batch = (facts: readonly { readonly kind: string; readonly body: object }[]) => ({
    introduction,
    epoch: crypto.randomUUID(),
    sequence: 1,
    sentAt: at,
    lost: 0,
    facts: facts.map((fact) => ({ ...fact, at })),
  });
  const copied = batch([{ kind: 'scan', body: scan }]);
  await agent.ask(deliver, { body: copied as never });
  await agent.ask(deliver, { body: batch([]) as never });
  await agent.ask(deliver, { body: copied as never });
}
