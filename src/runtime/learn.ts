import { anyApplet } from './applet.ts';
import { keyBeforeApplets } from './applet-entries.ts';
import { anyShape, holdsCode } from './args-shape.ts';
import { classify, type Classified } from './classify.ts';
import type { Dimension, Evidence, Fact, Entry, EntrySource, EntryState, Phase } from './contract.ts';
import type { LearnableSighting } from './event.ts';
import { emptyEvidence, mergeEvidence } from './evidence.ts';
import { factOf } from './fact-of.ts';
import constants from './generalisation-1.json' with { type: 'json' };
import type { Grade } from './grade.ts';
import { dayOf, decodeHours, emptyRing, encodeHours, hourOf, type Ring, withHour } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import limits from './learning-1.json' with { type: 'json' };
import { joinStates, mergeDays } from './merge-entries.ts';
import { isTrusted } from './model-index.ts';
import { isInterpreter } from './programs.ts';
import { printable } from './printable.ts';
import { settle } from './settle.ts';

export interface Learning {
  /** Length of an hour: 3600 but in a lab. */
  readonly bucketSeconds: number;
  /** Names that the rule adds to the never-learn list. */
  readonly neverLearn?: readonly string[];
}

/** Gathers evidence of one model. What it holds depends on what it was told alone, not on when or how often. */
export interface Learner {
  /** `grade` is what the model as it stands makes of it: what is an alert waits for a person. */
  readonly learn: (sighting: LearnableSighting, grade: Grade) => void;
  /** A container of the model runs at `time`, and events of these dimensions arrive. */
  readonly expose: (dimensions: readonly Dimension[], time: number) => void;
  /** Events were lost: the hour counts nothing in that dimension. */
  readonly lose: (dimension: Dimension, time: number) => void;
  /** A container was seen from its start. */
  readonly start: (time: number) => void;
  /** A container ran before anybody watched. */
  readonly late: () => void;
  readonly evidence: () => Evidence;
  /** What changed since it was last asked, as evidence to be merged elsewhere; `undefined` when nothing did. */
  readonly changes: () => Evidence | undefined;
}

/** Evidence with one sighting more. `learnerOf` does the same for many. */
export function learn(evidence: Evidence, sighting: LearnableSighting, options: Learning): Evidence {
  const learner = learnerOf(evidence, options);
  learner.learn(sighting, 'nothing');
  return learner.evidence();
}

export function learnerOf(known: Evidence, { bucketSeconds, neverLearn = [] }: Learning): Learner {
  const items = new Map(known.items.map((entry) => [entry.key, entry]));
  const crowds = new Crowds(known.items);
  const touched = new Set<string>();
  let frame: Evidence = { ...known, items: [] };
  let changed = emptyEvidence;
  const add = (part: Partial<Evidence>): void => {
    changed = mergeEvidence(changed, { ...emptyEvidence, ...part });
    frame = mergeEvidence(frame, { ...emptyEvidence, ...part });
  };
  const hours = (time: number) => encodeHours(withHour(emptyRing, hourOf(time, bucketSeconds)));
  const none = encodeHours(emptyRing);
  return {
    learn(sighting, grade) {
      const fact = crowds.folded(factOf(sighting));
      const key = entryKeyOf(fact);
      const before = items.get(key);
      const after = seen(before ?? startOf(key, fact, items), sighting, {
        grade,
        classified: crowdOfApplets(fact) ?? classify(sighting, neverLearn),
        hour: hourOf(sighting.time, bucketSeconds),
      });
      if (before === undefined && !crowds.admits(after)) return;
      items.set(key, after);
      if (before === undefined || !isSame(before, after)) touched.add(key);
    },
    expose: (dimensions, time) =>
      add({ dimensions: Object.fromEntries(dimensions.map((one) => [one, { exposure: hours(time), lost: none }])) }),
    lose: (dimension, time) => add({ dimensions: { [dimension]: { exposure: none, lost: hours(time) } } }),
    start: (time) => add({ starts: hours(time) }),
    late: () => add({ lateStart: true }),
    evidence: () => mergeEvidence(frame, { ...emptyEvidence, items: [...items.values()] }),
    changes() {
      const news = [...touched].flatMap((key) => items.get(key) ?? []);
      const reported = mergeEvidence(changed, { ...emptyEvidence, items: news });
      const isNews = news.length > 0 || changed !== emptyEvidence;
      touched.clear();
      changed = emptyEvidence;
      return isNews ? reported : undefined;
    },
  };
}

interface Look {
  readonly grade: Grade;
  readonly classified: Classified;
  readonly hour: number;
}

type Draft = Omit<Entry, 'state' | 'class'> & Partial<Pick<Entry, 'state' | 'class'>>;

/** The entry with one sighting more. */
function seen(entry: Draft, sighting: LearnableSighting, { grade, classified, hour }: Look): Entry {
  const hours = withHour(ring(entry, sighting.phase), hour);
  const why = grade === 'alert' && classified.class !== 'forbidden' ? afterwards(classified) : classified.why;
  const at = new Date(sighting.time).toISOString();
  const factClass = entry.class === undefined || entry.class === 'benign' ? classified.class : entry.class;
  return settle({
    ...entry,
    class: classified.class === 'forbidden' ? 'forbidden' : factClass,
    ...stateOf(entry, classified, grade),
    [sighting.phase]: encodeHours(hours),
    days: mergeDays(entry.days, [dayOf(hour)]),
    firstSeenAt: entry.firstSeenAt !== undefined && entry.firstSeenAt <= at ? entry.firstSeenAt : at,
    lastSeenAt: entry.lastSeenAt !== undefined && entry.lastSeenAt >= at ? entry.lastSeenAt : at,
    ...(why === undefined || entry.why !== undefined ? {} : { why: printable(why).slice(0, 500) }),
    ...(entry.confidence === undefined ? {} : { confidence: 1 }),
  });
}

function stateOf(entry: Draft, { class: weight, declared }: Classified, grade: Grade): Pick<Entry, 'state' | 'source'> {
  const source: EntrySource = declared ? 'static' : entry.source === 'inherited' ? 'learned' : entry.source;
  if (entry.decidedAt !== undefined && entry.state !== undefined) return { state: entry.state, source: entry.source };
  const fresh = freshState(weight, grade);
  return { state: entry.state === undefined ? fresh : joinStates(entry.state, fresh), source };
}

function freshState(weight: Entry['class'], grade: Grade): EntryState {
  if (weight === 'forbidden' || grade === 'alert') return 'review';
  return weight === 'notable' ? 'unconfirmed' : 'confirmed';
}

function afterwards({ why = '' }: Classified): string {
  return `It came when the model was active already. ${why}`.trim();
}

/** Whether nothing came but another moment within an hour that is known. */
function isSame(before: Entry, after: Entry): boolean {
  return (
    before.state === after.state &&
    before.class === after.class &&
    before.source === after.source &&
    before.boot.bits === after.boot.bits &&
    before.run.bits === after.run.bits &&
    before.confidence === after.confidence
  );
}

function ring(entry: Draft, phase: Phase): Ring {
  return decodeHours(entry[phase]);
}

/** Any applet of a multi-call program waits for a person: who makes names up could run whichever it likes then. */
function crowdOfApplets(fact: Fact): Classified | undefined {
  if (fact.dimension !== 'process' || fact.applet !== anyApplet || isInterpreter(fact.path)) return undefined;
  return {
    class: 'forbidden',
    declared: false,
    why: `${fact.path} was started as more different applets than are kept apart.`,
  };
}

/** What was known of it before its applet was recorded, or nothing: its hours and its weight stay what they were. */
function startOf(key: string, fact: Fact, items: ReadonlyMap<string, Entry>): Draft {
  const known = items.get(keyBeforeApplets(fact) ?? '');
  if (known === undefined || known.decidedAt !== undefined || !isTrusted(known)) return blank(key, fact);
  return { ...known, key, fact };
}

function blank(key: string, fact: Fact): Draft {
  const none = encodeHours(emptyRing);
  return { key, fact, source: 'learned', boot: none, run: none, days: [] };
}

/** Bounds on what a hostile container makes a model hold. */
class Crowds {
  readonly #codes = new Map<string, Set<string>>();
  readonly #applets = new Map<string, Set<string>>();
  #items = 0;
  #inReview = 0;

  constructor(items: readonly Entry[]) {
    for (const entry of items) this.#count(entry);
  }

  /** A program that runs ever new code, or ever new applets: beyond a number of them, they are one. */
  folded(fact: Fact): Fact {
    return this.#foldedCode(this.#foldedApplet(fact));
  }

  #foldedApplet(fact: Fact): Fact {
    if (fact.dimension !== 'process' || fact.applet === undefined) return fact;
    const known = this.#applets.get(fact.path);
    if (known === undefined || known.size < constants.mostApplets || known.has(fact.applet)) return fact;
    const { shape: _, ...rest } = fact;
    return { ...rest, applet: anyApplet };
  }

  #foldedCode(fact: Fact): Fact {
    if (fact.dimension !== 'process' || fact.shape === undefined || !holdsCode(fact.shape)) return fact;
    const shapes = this.#codes.get(crowdOf(fact.path, fact.caller));
    if (shapes === undefined || shapes.size < constants.mostCodes || shapes.has(fact.shape)) return fact;
    return { ...fact, shape: anyShape(fact.shape) };
  }

  /** Whether there is room for one more; counts it then. */
  admits(entry: Entry): boolean {
    if (this.#items >= limits.mostEntries) return false;
    if (entry.state === 'review' && this.#inReview >= limits.mostInReview) return false;
    this.#count(entry);
    return true;
  }

  #count({ fact, state }: Entry): void {
    this.#items++;
    if (state === 'review') this.#inReview++;
    if (fact.dimension === 'process' && fact.applet !== undefined)
      this.#applets.set(fact.path, (this.#applets.get(fact.path) ?? new Set()).add(fact.applet));
    if (fact.dimension !== 'process' || fact.shape === undefined || !holdsCode(fact.shape)) return;
    const crowd = crowdOf(fact.path, fact.caller);
    this.#codes.set(crowd, (this.#codes.get(crowd) ?? new Set()).add(fact.shape));
  }
}

function crowdOf(path: string, caller: string | undefined): string {
  return `${path}\u0000${caller ?? ''}`;
}
