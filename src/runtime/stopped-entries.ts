import type { Detection, Fact, FactClass, Entry, Model, Phase, RuntimeRule, StoppedEntry } from './contract.ts';
import { detectors } from './detectors/index.ts';
import { emptyEvidence } from './evidence.ts';
import { factOfKey } from './fact-of-key.ts';
import { decodeHours, hourOf, hoursIn } from './hours.ts';
import { entryText } from './entry-text.ts';
import { policyOf } from './policy-of.ts';
import { cautionOf } from './review-caution.ts';
import { type Enforced, type Stop, stopOf } from './stop-of.ts';

export interface StoppedTerms {
  readonly model: Model;
  readonly rule: RuntimeRule;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly bucketSeconds: number;
  /** Whether what agents saw counts, or alerts alone. */
  readonly how: 'whole' | 'detected';
}

/** An entry without what only its model tells. */
export type StoppedPart = Omit<StoppedEntry, 'id' | 'model' | 'image' | 'digest' | 'environment'>;

/** A container's model where nothing is known of its image: it allows nothing, and nothing is stopped for what it lacks. */
export const noModel: Model = {
  key: { digest: `sha256:${'0'.repeat(64)}` as Model['key']['digest'], entrypoint: [] },
  version: 1,
  state: 'learning',
  partial: false,
  evidence: emptyEvidence,
  convergence: {},
};

/** Gathers what a rule would have stopped: of what a model's agents saw, and of what was detected. */
export interface StoppedFold {
  /** Gives what would have stopped it; `undefined`: nothing. */
  readonly add: (detection: Detection, host: string) => Stop | undefined;
  /** Those that nobody decided about first, the newest of them first. */
  readonly entries: () => readonly StoppedPart[];
  /** Kinds of events beyond what is kept apart. */
  readonly left: () => number;
}

/** Entries of one model that are kept apart. */
const mostEntries = 5_000;
const mostContainers = 10;

interface Draft {
  readonly key?: string;
  readonly fact: Fact;
  readonly session: StoppedEntry['session'];
  readonly stop: Stop;
  readonly entry?: Entry;
  readonly weight: FactClass;
  readonly detectors: Set<string>;
  readonly containers: Map<string, StoppedEntry['containers'][number]>;
  alerts: number;
  stopped: number;
  hours: number;
  firstAt?: string;
  lastAt?: string;
}

/** Begins with what agents saw of the model: while it learned, that raised no alert. */
export function foldStopped(terms: StoppedTerms): StoppedFold {
  const { model, rule, since } = terms;
  const enforced = { rule, policy: policyOf(model, rule) };
  const items = new Map(model.evidence.items.map((entry) => [entry.key, entry]));
  const drafts = new Map<string, Draft>();
  let left = 0;
  for (const entry of terms.how === 'whole' ? model.evidence.items : []) {
    const seen = seenStopped(entry, enforced, terms);
    if (seen === undefined) continue;
    const known = { stop: seen.stop, entry, session: sessionOf(entry.fact), weight: entry.class };
    const draft = draftOf(entry.key, entry.fact, known);
    draft.hours = seen.hours;
    reach(draft, entry.firstSeenAt, since);
    reach(draft, entry.lastSeenAt, since);
    drafts.set(entry.key, draft);
  }
  return {
    add(detection, host) {
      if (!isOfSensor(detection)) return undefined;
      const name = nameOf(detection);
      const entry = items.get(name);
      const fact = entry?.fact ?? factOfDetection(detection);
      const stop = stopOf(fact, enforced, 'run') ?? stopOf(fact, enforced, 'boot');
      if (stop === undefined) return undefined;
      const known = drafts.get(name);
      if (known === undefined && drafts.size >= mostEntries) {
        left += 1;
        return stop;
      }
      const draft =
        known ??
        draftOf(detection.allow?.key, fact, {
          stop,
          entry,
          session: detection.session,
          weight: entry?.class ?? detection.class,
        });
      drafts.set(name, draft);
      count(draft, detection, host);
      return stop;
    },
    entries: () => [...drafts.values()].map(toEntry).toSorted(byNeed),
    left: () => left,
  };
}

function draftOf(
  key: string | undefined,
  fact: Fact,
  known: Pick<Draft, 'stop' | 'session' | 'weight'> & { readonly entry: Entry | undefined },
): Draft {
  const { stop, entry, session, weight } = known;
  return {
    ...(key === undefined ? {} : { key }),
    fact,
    session,
    stop,
    weight,
    ...(entry === undefined ? {} : { entry }),
    detectors: new Set(),
    containers: new Map(),
    alerts: 0,
    stopped: 0,
    hours: 0,
  };
}

/** How often an entry was seen since then in a phase in which it would be stopped. */
function seenStopped(entry: Entry, enforced: Enforced, { since, bucketSeconds }: StoppedTerms) {
  const first = hourOf(since, bucketSeconds);
  const phases: readonly Phase[] = ['run', 'boot'];
  const found = phases.flatMap((phase) => {
    const stop = stopOf(entry.fact, enforced, phase);
    const hours = stop === undefined ? [] : hoursIn(decodeHours(entry[phase])).filter((hour) => hour >= first);
    return stop === undefined || hours.length === 0 ? [] : [{ stop, hours }];
  });
  const [one] = found;
  if (one === undefined) return undefined;
  return { stop: one.stop, hours: new Set(found.flatMap(({ hours }) => hours)).size };
}

/** What the console itself tells, and moves of processes, no policy stops. */
function isOfSensor({ detector: id }: Detection): boolean {
  const detector = detectors.find((one) => one.id === id);
  return detector !== undefined && detector.aspect !== 'move';
}

function nameOf({ allow, detector, process, ancestors, file, session }: Detection): string {
  return allow?.key ?? JSON.stringify([detector, process.path, ancestors[0]?.path, file?.path, session]);
}

/** What was detected, as far as it is told; the key of an entry tells it whole. */
function factOfDetection(detection: Detection): Fact {
  const { allow, dimension, process, ancestors, session, file } = detection;
  const named = allow === undefined ? undefined : factOfKey(allow.key);
  if (named !== undefined) return named;
  if (dimension === 'file' && file !== undefined)
    return { dimension: 'file', kind: 'code-file', path: process.path, file: file.path, ...hashOf(file) };
  const caller = ancestors[0]?.path;
  return {
    dimension: 'process',
    path: process.path,
    ...(caller === undefined ? {} : { caller }),
    ...(session === 'entry' ? {} : { session }),
    ...(isForeign(detection) ? { origin: 'upper', ...hashOf(process) } : {}),
  };
}

function hashOf({ sha256 }: { readonly sha256?: string | undefined }): { readonly sha256?: string } {
  return sha256 === undefined ? {} : { sha256 };
}

/** A program that is not the image's. A loader is. */
function isForeign({ detector, also = [] }: Detection): boolean {
  return [detector, ...also].some(
    (id) => id !== 'loader' && detectors.some((one) => one.id === id && one.aspect === 'drift'),
  );
}

function count(draft: Draft, detection: Detection, host: string): void {
  const { detector, also = [], outcome, container, time } = detection;
  for (const id of [detector, ...also]) draft.detectors.add(id);
  if (outcome === 'observed') draft.alerts += detection.count;
  else draft.stopped += detection.count;
  draft.containers.set(`${host} ${container.id}`, { name: container.name, host });
  reach(draft, time, 0);
}

/** Widens the times between which it was seen, as far as that is looked back. */
function reach(draft: Draft, time: string | undefined, since: number): void {
  if (time === undefined || Date.parse(time) < since) return;
  if (draft.firstAt === undefined || Date.parse(time) < Date.parse(draft.firstAt)) draft.firstAt = time;
  if (draft.lastAt === undefined || Date.parse(time) > Date.parse(draft.lastAt)) draft.lastAt = time;
}

function toEntry(draft: Draft): StoppedPart {
  const { key, fact, session, stop, entry, weight, alerts, stopped, hours, firstAt, lastAt } = draft;
  const text = entryText(fact)?.slice(0, 4096);
  const caution = cautionOf({ fact, class: weight });
  return {
    ...(text === undefined || key === undefined ? {} : { key, entry: text }),
    path: fact.path,
    ...('caller' in fact && fact.caller !== undefined ? { caller: fact.caller } : {}),
    ...('shape' in fact && fact.shape !== undefined ? { shape: fact.shape } : {}),
    session,
    ...fileOf(fact),
    ...stop,
    detectors: [...draft.detectors].slice(0, 32),
    alerts,
    stopped,
    hours,
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    containers: [...draft.containers.values()].slice(0, mostContainers),
    containerCount: draft.containers.size,
    ...(entry === undefined ? {} : { state: entry.state }),
    ...(entry?.decidedBy === undefined ? {} : { decidedBy: entry.decidedBy }),
    ...(caution === undefined ? {} : { caution }),
  };
}

function fileOf(fact: Fact): Pick<StoppedEntry, 'file'> {
  if (fact.dimension === 'process') return {};
  return { file: fact.kind === 'code-file' ? fact.file : fact.folder };
}

function sessionOf(fact: Fact): StoppedEntry['session'] {
  return (fact.dimension === 'process' ? fact.session : undefined) ?? 'entry';
}

/** Order in which entries are shown: those that nobody decided about, the newest first. */
export function byNeed(one: StoppedPart, other: StoppedPart): number {
  const isDecided = ({ decidedBy }: StoppedPart): number => (decidedBy === undefined ? 0 : 1);
  const age = ({ lastAt }: StoppedPart): number => (lastAt === undefined ? 0 : Date.parse(lastAt));
  return isDecided(one) - isDecided(other) || age(other) - age(one) || (one.path < other.path ? -1 : 1);
}
