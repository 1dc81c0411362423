import { beatOf, untilBeat } from '#base/index.ts';
import type { Dimension, Phase } from '../contract.ts';
import { hourOf } from '../hours.ts';
import { wantedIdOf } from '../model-id.ts';
import { heldImages, modelsOf, type RuntimeServices } from './compose-runtime.ts';
import { feature } from './wire/words.ts';

export interface Watch {
  /** Other containers are there than before. */
  wantModels(): void;
  close(): Promise<void>;
}

/** Milliseconds between two looks, two reports to the console, two questions to the sensor; shorter where hours are. */
const look = 5000;
const reportEvery = 60_000;
const status = 10_000;
const release = 600_000;

/** What has to be done by the clock: counts watched hours, ends boots, tells the console what was seen. */
export function startWatch(services: RuntimeServices): Watch {
  const { evidence, configuration, line, policies, report, starter } = services;
  const exposed = new Map<string, number>();
  const phases = new Map<string, Phase>();
  const due = new Due();
  let working = Promise.resolve();
  const round = async (): Promise<void> => {
    const bucket = services.bucketSeconds() * 1000;
    exposeRunning(services, exposed);
    if (endBoots(services, phases)) policies.refresh();
    await starter.renew();
    if (due.is('report', Math.min(reportEvery, bucket))) await evidence.report();
    if (due.is('status', Math.min(status, bucket))) {
      line.askStatus();
      report.report();
    }
    if (isEngineSeen(services) && due.is('release', release)) await forgetUnused(services);
  };
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    const pause = Math.min(look, (services.bucketSeconds() * 1000) / 4);
    timer = setTimeout(() => {
      working = round()
        .catch((error: unknown) =>
          services.options.log.error({ error: String(error) }, 'A look at the runtime failed.'),
        )
        .finally(() => timer && again());
    }, untilBeat(pause));
  };
  again();
  return {
    wantModels: () => configuration.want(modelsOf(services)),
    async close() {
      clearTimeout(timer);
      timer = undefined;
      await working;
      await evidence.report();
    },
  };
}

/** Before the engine was seen, nothing tells what is in use. */
function isEngineSeen({ options: { collecting } }: RuntimeServices): boolean {
  return collecting.present() !== undefined;
}

async function forgetUnused(services: RuntimeServices): Promise<void> {
  const { evidence, indexes, policies, options } = services;
  const used = new Set(modelsOf(services).map(wantedIdOf));
  await evidence.release((id) => used.has(id));
  const held = new Set([...heldImages(services), ...modelsOf(services).map(({ digest }) => digest)]);
  await evidence.prune((digest) => held.has(digest), Date.now());
  await indexes.keepOnly(held);
  await policies.prune((id) => options.collecting.describe(id));
}

/** Each hour counts once for a model of which something ran while the sensor watched. */
function exposeRunning(
  { containers, behaviour, line, bucketSeconds, configuration }: RuntimeServices,
  exposed: Map<string, number>,
) {
  const contact = line.contact();
  // Without a configuration the length of an hour is unknown.
  if (contact?.kind !== 'working' || configuration.current() === undefined) return;
  const now = Date.now();
  const hour = hourOf(now, bucketSeconds());
  const dimensions = dimensionsOf(contact.hello.features);
  for (const record of containers.running()) {
    const key = record.modelKey;
    if (key === undefined) continue;
    const id = wantedIdOf({ ...key, chosen: behaviour.chosen(record) });
    if (exposed.get(id) === hour) continue;
    exposed.set(id, hour);
    behaviour.expose(record, dimensions, now);
  }
}

/** What the sensor's mechanisms can see. */
function dimensionsOf(features: number): readonly Dimension[] {
  const seesCode = (features & (feature.codeFanotify | feature.codeLsm | feature.codeKill)) !== 0;
  return [
    ...((features & feature.execRecord) !== 0 ? (['process'] as const) : []),
    ...(seesCode ? (['file'] as const) : []),
  ];
}

/** Whether a container came out of its boot since the last look. */
function endBoots({ containers }: RuntimeServices, phases: Map<string, Phase>): boolean {
  const now = Date.now();
  const before = new Map(phases);
  phases.clear();
  for (const record of containers.running()) phases.set(record.kept.id, record.phaseAt(now));
  return [...phases].some(([id, phase]) => phase === 'run' && before.get(id) === 'boot');
}

/** Says when something is due again: at the first look of each of its beats. */
class Due {
  readonly #last = new Map<string, number>();

  is(what: string, pause: number): boolean {
    const beat = beatOf(pause);
    if (this.#last.get(what) === beat) return false;
    this.#last.set(what, beat);
    return true;
  }
}
