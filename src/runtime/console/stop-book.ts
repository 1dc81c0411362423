import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { ProtectionCause } from '#inventory/contract.ts';
import type { Queries } from '#store/index.ts';
import type { Detection, Model, RuntimeRule, StoppedEntry, Stops } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import type { Stop } from '../stop-of.ts';
import { evidenceOf, evidenceTogether } from '../stop-evidence.ts';
import { byNeed, foldStopped, noModel, type StoppedFold } from '../stopped-entries.ts';
import { readExecutables } from './executables.ts';
import type { Dependencies } from './dependencies.ts';
import { type ProtectedContainer, readProtectionsOf } from './protections.ts';
import { runtimeSchema } from './schema.ts';
import { entryIdOf } from './store-decisions.ts';

export interface BookTerms extends Pick<Dependencies, 'clock' | 'bucketSeconds'> {
  readonly days: number;
  readonly rule: RuntimeRule;
  readonly view: View;
}

/** Entries that one answer holds. */
const mostEntries = 200;
const day = 24 * 60 * 60_000;

interface Kept {
  readonly model: Model;
  readonly fold: StoppedFold;
  readonly how: Looked;
}

/** `whole`: the answer says what its evidence lacks; `detected`: of a model that does not run, alerts alone count. */
export type Looked = 'whole' | 'detected';

/** What a rule would have stopped, model by model. */
export class StopBook {
  readonly #terms: BookTerms;
  readonly #now: number;
  readonly #kept = new Map<string, Kept>();
  readonly #unknown: StoppedFold;
  readonly #images = new Map<string, string>();

  constructor(terms: BookTerms) {
    this.#terms = terms;
    this.#now = terms.clock().getTime();
    this.#unknown = foldStopped({ ...this.#foldTerms, model: noModel, how: 'detected' });
  }

  /** Beginning of the days that are looked at. */
  get since(): Date {
    return new Date(this.#now - this.#terms.days * day);
  }

  get #foldTerms() {
    const { rule, bucketSeconds } = this.#terms;
    return { rule, bucketSeconds, since: this.since.getTime() };
  }

  /** Takes in what agents saw of a model. */
  begin(model: Model, how: Looked): void {
    const id = modelIdIn(model.key, model.environment);
    if (!this.#kept.has(id)) this.#kept.set(id, { model, how, fold: foldStopped({ ...this.#foldTerms, model, how }) });
  }

  /** Takes in a detection of a model that was begun, or of none. Gives what would have stopped it. */
  add(model: string | undefined, detection: Detection, host: string): Stop | undefined {
    if (model !== undefined) this.#images.set(model, detection.container.image);
    const fold = model === undefined ? this.#unknown : this.#kept.get(model)?.fold;
    return (fold ?? this.#unknown).add(detection, host);
  }

  /** `left`: models that were not looked at. */
  async close(queries: Queries, left: number): Promise<Stops> {
    const { days } = this.#terms;
    const names = await this.#names(queries);
    const silent = await readSilent(queries, [...this.#kept.keys()], this.#terms.view);
    const entries = this.#unknown
      .entries()
      .map((entry): StoppedEntry => ({ ...entry, image: 'an image that is not known' }));
    const evidence: ReturnType<typeof evidenceOf>[] = [];
    for (const [id, { model, fold, how }] of this.#kept) {
      const { digest } = model.key;
      const environment = model.environment === undefined ? {} : { environment: model.environment };
      const of = { model: id, image: names.get(id) ?? digest, digest, ...environment };
      entries.push(...fold.entries().map((entry) => ({ ...entry, ...of, ...idOf(entry) })));
      if (how === 'whole') evidence.push(await this.#evidenceOf(queries, model, { silent: silent.get(id), fold }));
    }
    return {
      entries: entries.toSorted(byNeed).slice(0, mostEntries),
      total: entries.length,
      evidence: evidenceTogether(evidence, { days, now: this.#now, left }),
    };
  }

  async #evidenceOf(
    queries: Queries,
    model: Model,
    { silent = [], fold }: { readonly silent: readonly Silent[] | undefined; readonly fold: StoppedFold },
  ): Promise<ReturnType<typeof evidenceOf>> {
    const { days, bucketSeconds } = this.#terms;
    const scanned = (await readExecutables(queries, model.key.digest)) === undefined ? 'no' : 'whole';
    return evidenceOf({ model, days, now: this.#now, bucketSeconds, scanned, silent, left: fold.left() });
  }

  /** Names of images by the containers that run, else by what was detected in them. */
  async #names(queries: Queries): Promise<ReadonlyMap<string, string>> {
    const { view } = this.#terms;
    const running = await readRunningOf(queries, [...this.#kept.keys()]);
    const named = running
      .filter(({ place }) => view === undefined || view(place))
      .flatMap(({ model, place }) => {
        const name = place.images.find((one) => !one.startsWith('sha256:'));
        return name === undefined ? [] : [[model, name.slice(0, 512)] as const];
      });
    return new Map([...this.#images, ...named]);
  }
}

/** An entry that the model has can be decided about. */
function idOf({ key, state }: Pick<StoppedEntry, 'key' | 'state'>): Pick<StoppedEntry, 'id'> {
  return key === undefined || state === undefined ? {} : { id: entryIdOf(key) };
}

async function readRunningOf(queries: Queries, models: readonly string[]) {
  return await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select(['model', 'host', 'container', 'place'])
    .where('model', '=', sql<string>`any(${models}::text[])`)
    .execute();
}

/** Causes for which nobody can say what a container does. */
const silences: readonly ProtectionCause[] = ['agent-away', 'agent-silent', 'sensor-away', 'no-orders', 'not-reported'];

interface Silent {
  readonly name: string;
  readonly reason: string;
}

/** Running containers of models of which their hosts do not say enough. */
async function readSilent(
  queries: Queries,
  models: readonly string[],
  view: View,
): Promise<ReadonlyMap<string, readonly Silent[]>> {
  const running = await readRunningOf(queries, models);
  const modelOf = new Map(running.map(({ host, container, model }) => [`${host} ${container}`, model]));
  const found: (Silent & { readonly model: string })[] = [];
  const some = await readProtectionsOf(
    queries,
    running.map(({ host, container: id }) => ({ host, id })),
  );
  for (const one of some.filter(isSilent)) {
    const model = modelOf.get(`${one.place.host} ${one.id}`);
    if (model !== undefined && (view?.(one.place) ?? true))
      found.push({ model, name: one.name, reason: one.protection.reason });
  }
  return Map.groupBy(found, ({ model }) => model);
}

function isSilent({ protection: { state, cause } }: ProtectedContainer): boolean {
  return state === 'unknown' && cause !== undefined && silences.includes(cause);
}
