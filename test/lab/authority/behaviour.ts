import { getLedger, Ledger } from '#admission/contract.ts';
import { type ImageDigest, isImageDigest } from '#base/index.ts';
import { type Detection, getModel, getDesiredConfiguration, type Entry, type ModelKey } from '#runtime/contract.ts';
import { emptyEvidence, entryKeyOf, modelIdIn } from '#runtime/index.ts';
import type { ReportingHost } from '../../journeys/reporting-host.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { claimBy, holds } from './attempts.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { staysSo } from './staying.ts';

/** What an agent of dev says of behaviour in prod, and what it reads of prod. */
export const behaviourCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A19',
    title: 'an agent of dev teaches the model of prod nothing, hides no detection of prod, and reads nothing of prod',
    protectedBy: 'the environments of its join token',
    async run(harbour) {
      const { armed, ask, cargo, incidents, scan, stranger } = harbour;
      const target = cargo('shop', 'sound');
      const key = keyOf(target);
      const watched = await stranger({ host: 'watched-19', environments: ['prod'], environment: 'prod' });
      await holds(watched, target);
      const id = await container(watched, target, 'prod');
      await watched.scan(await scan(target));
      await watched.behaviour({ key, evidence: { ...emptyEvidence, items: [learned({ path: '/bin/busybox' })] } });
      await watched.stored();
      const model = async (): Promise<string | undefined> =>
        JSON.stringify((await ask(getModel, { params: { id: modelIdIn(key, 'prod') } })).model.evidence.items);
      const before = await until('the model of prod', async () => ((await model()) === '[]' ? undefined : model()), {
        seconds: 20,
      });
      const place = armed
        ? { environments: ['dev'], environment: 'dev' }
        : { environments: ['dev', 'prod'], environment: 'prod' };
      const mole = await stranger({ host: 'mole-19', ...place });
      await holds(mole, target);
      await container(mole, target, 'prod');
      const miner = learned({ path: '/tmp/xmrig', origin: 'upper', sha256: 'a'.repeat(64) });
      const evidence = { ...emptyEvidence, items: [miner, learned({ path: '/bin/sh' })] };
      await mole.behaviour({ key, evidence });
      await mole.behaviour({ key, evidence, containers: [id] });
      await mole.stored();
      await staysSo('the model of prod', model, before ?? '');
      await readsNothingOfProd(mole, key);
      await watched.detection(mined(target, id));
      await watched.stored();
      await until(
        'the detection of prod',
        async () => (await incidents(target.digest)).find((one) => one.container.id === id),
        { seconds: 20 },
      );
      return (await claimBy(harbour, 'mole-19')).title;
    },
  },
];

function keyOf({ digest }: Cargo): ModelKey & { readonly digest: ImageDigest } {
  const text: string = digest;
  if (!isImageDigest(text)) throw new Error(`${text} is no image.`);
  return { digest: text, entrypoint: ['/bin/sleep', '3600'] };
}

async function container(host: ReportingHost, target: Cargo, environment: string): Promise<string> {
  const image = { id: target.digest, name: target.name };
  const { entrypoint } = keyOf(target);
  return await host.container({ name: 'till', image, subject: target.digest, command: [...entrypoint], environment });
}

/** A program that ran, as an agent says that it was learned for good. */
function learned(program: { readonly path: string; readonly origin?: 'upper'; readonly sha256?: string }): Entry {
  const fact = { dimension: 'process', caller: '/bin/sleep', ...program } as const;
  const none = { base: 0, old: false };
  const at = new Date(Date.now() - 60_000).toISOString();
  const seen = { boot: none, run: none, days: [], firstSeenAt: at, lastSeenAt: at };
  return { key: entryKeyOf(fact), fact, class: 'benign', state: 'confirmed', source: 'learned', ...seen };
}

/** Asks for models and ledger as agents do. */
async function readsNothingOfProd(mole: ReportingHost, key: ModelKey): Promise<void> {
  const wanted = { key: { ...key, entrypoint: [...key.entrypoint] }, version: 0 };
  const models = [wanted, { ...wanted, environment: 'prod' }];
  const configuration = await mole.ask(getDesiredConfiguration, { body: { models, images: [key.digest] } });
  const read = configuration.models.filter(({ environment }) => environment === 'prod');
  expectThat(read.length === 0, 'it reads the model of prod');
  const { signed } = await mole.ask(getLedger, { body: {} });
  const { entries } = Ledger.parse(JSON.parse(signed.ledger));
  expectThat(
    entries.every(({ environment }) => environment !== 'prod'),
    'it reads an entry of the ledger of prod',
  );
}

function mined({ digest, name }: Cargo, id: string): Detection {
  return {
    id: `mined ${id}`.slice(0, 128),
    time: new Date().toISOString(),
    detector: 'drift',
    dimension: 'process',
    technique: 'T1496',
    severity: 'high',
    class: 'forbidden',
    notice: false,
    effect: 'alert',
    outcome: 'observed',
    container: { id, name: 'till', image: name },
    imageDigest: keyOf({ digest } as Cargo).digest,
    entrypoint: ['/bin/sleep', '3600'],
    session: 'entry',
    process: { path: '/tmp/xmrig', sha256: 'a'.repeat(64), argv: ['/tmp/xmrig'], uid: 0 },
    ancestors: [],
    seen: '/tmp/xmrig, started by sleep',
    message: 'sleep started /tmp/xmrig, which is not in its image.',
    remedy: 'Start it anew.',
    count: 1,
  };
}
