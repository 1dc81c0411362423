import { anyApplet } from './applet.ts';
import { currentEntries, keyBeforeApplets, withoutApplet } from './applet-entries.ts';
import { anyShape, holdsCode } from './args-shape.ts';
import { codeFolderOf } from './code-folder.ts';
import type { Dimension, Fact, Entry, Model, ModelState } from './contract.ts';
import { isActive } from './converge.ts';
import type { ExecutableChange } from './executable.ts';
import generalisation from './generalisation-1.json' with { type: 'json' };
import { countHours, decodeHours, hourOf, hoursIn } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import constants from './learning-1.json' with { type: 'json' };
import { isMultiCall } from './programs.ts';
import { selfStart } from './self-start.ts';

/** What changed with the digest that a model inherited its lines into. */
export interface Release {
  /** Hour in which it took over. */
  readonly since: number;
  /** By path in the container; a program that is missing did not change. */
  readonly changes: ReadonlyMap<string, ExecutableChange>;
}

/** A model prepared for questions: each is answered by looking up, whatever the size of the model. */
export interface ModelIndex {
  readonly model: Model;
  readonly release?: Release;
  /** Line that speaks for a fact, whatever its state. */
  readonly entryFor: (fact: Fact) => Entry | undefined;
  /** Whether the model holds it: by its own line, or by one that covers it. */
  readonly allows: (fact: Fact) => boolean;
  /** What the model lacks in this dimension is an alert. */
  readonly isJudged: (dimension: Dimension) => boolean;
  /** Programs that one may start, with their applets. Without a caller: those that are brought in from outside. */
  readonly startedBy: (caller: string | undefined) => readonly string[];
  /** Callers that may start a program. */
  readonly callersOf: (path: string) => readonly (string | undefined)[];
  /** Whether the slot of the week was watched in an hour before. */
  readonly wasCovered: (dimension: Dimension, hour: number) => boolean;
  /** Hours with a start before this one. */
  readonly startsBefore: (hour: number) => number;
}

/** Made once for each version of a model. */
export function indexModel(model: Model, bucketSeconds: number): ModelIndex {
  const release = releaseOf(model, bucketSeconds);
  const items = new Map(model.evidence.items.map((entry) => [entry.key, entry]));
  const trusted = currentEntries(model.evidence.items).filter(isTrusted);
  const covers = coverOf(trusted);
  const before = (fact: Fact): Entry | undefined => items.get(keyBeforeApplets(fact) ?? '');
  const slots = new Map<Dimension, ReadonlyMap<number, number>>();
  const starts = hoursIn(decodeHours(model.evidence.starts));
  const programs = new Set(
    trusted.flatMap(({ fact }) => {
      const isOwn = fact.dimension === 'process' && fact.origin === undefined && fact.session === undefined;
      return isOwn ? [fact.path] : [];
    }),
  );
  const generated = new Set(trusted.flatMap(({ fact, source }) => (source === 'user' ? generatedKey(fact) : [])));
  return {
    model,
    ...(release === undefined ? {} : { release }),
    entryFor: (fact) => items.get(entryKeyOf(fact)) ?? before(fact),
    allows: (fact) => {
      const entry = items.get(entryKeyOf(fact)) ?? deniedOf(before(fact));
      if (entry !== undefined && (isTrusted(entry) || entry.state === 'denied')) return isTrusted(entry);
      if (fact.dimension === 'process') return programs.has(selfStart(fact) ?? '') || covers(fact);
      return fact.kind === 'code-file' && generated.has(`${fact.path}\u0000${codeFolderOf(fact.file)}`);
    },
    isJudged: (dimension) => isJudged(model, dimension),
    startedBy: groups(
      trusted,
      ({ caller = '' }) => caller,
      ({ path, applet }) => (applet === undefined ? path : `${path} ${applet}`),
    ),
    callersOf: groups(
      trusted,
      ({ path }) => path,
      ({ caller }) => caller,
    ),
    wasCovered(dimension, hour) {
      const known = slots.get(dimension) ?? firstHours(model, dimension);
      slots.set(dimension, known);
      return (known.get(hour % week) ?? Number.POSITIVE_INFINITY) < hour;
    },
    startsBefore: (hour) => starts.filter((start) => start < hour).length,
  };
}

const week = 168;

function releaseOf({ inheritedFrom }: Model, bucketSeconds: number): Release | undefined {
  if (inheritedFrom?.changes === undefined) return undefined;
  const since = hourOf(Date.parse(inheritedFrom.at), bucketSeconds);
  return { since, changes: new Map(Object.entries(inheritedFrom.changes)) };
}

/** In the model: seen often enough, inherited, or allowed by a person. */
export function isTrusted({ state }: Pick<Entry, 'state'>): boolean {
  return state === 'confirmed' || state === 'pending';
}

const judging: Readonly<Record<ModelState, 'judges' | 'learns'>> = {
  learning: 'learns',
  relearning: 'learns',
  active: 'judges',
  manual: 'judges',
  archived: 'learns',
};

/** A model that a person switched on, or froze, judges in every dimension. */
function isJudged({ state, convergence, activatedBy }: Model, dimension: Dimension): boolean {
  if (judging[state] === 'learns') return false;
  return state === 'manual' || dimension === 'process' || activatedBy !== undefined || isActive(convergence[dimension]);
}

/** What a person denied of every applet is denied of each. */
function deniedOf(entry: Entry | undefined): Entry | undefined {
  return entry?.state === 'denied' ? entry : undefined;
}

/**
 * Whether lines hold for a process: those of its applet, of any applet, and those from before applets were recorded. One
 * whose applet is not told is held by what any of them holds.
 */
function coverOf(trusted: readonly Entry[]): (fact: Process) => boolean {
  const edges = edgesOf(trusted, (fact) => fact);
  const together = edgesOf(trusted, withoutApplet);
  return (fact) => {
    if (fact.applet === undefined) return together.get(edgeOf(fact))?.covers(fact.shape) === true;
    const ways = [fact, { ...fact, applet: anyApplet }, withoutApplet(fact)];
    return ways.some((way) => edges.get(edgeOf(way))?.covers(fact.shape) === true);
  };
}

interface Edge {
  readonly covers: (shape: string | undefined) => boolean;
}

type Process = Extract<Fact, { dimension: 'process' }>;

/** Edges whose arguments do not matter: a line says so, or there were too many to tell, or they are not known this time. */
function edgesOf(items: readonly Entry[], as: (fact: Process) => Process): ReadonlyMap<string, Edge> {
  const shapes = new Map<string, Set<string | undefined>>();
  const manifold = new Set<string>();
  for (const { fact } of items) {
    if (fact.dimension !== 'process') continue;
    const edge = edgeOf(as(fact));
    if (isMultiCall(fact.path)) manifold.add(edge);
    shapes.set(edge, (shapes.get(edge) ?? new Set()).add(fact.shape));
  }
  return new Map(
    [...shapes].map(([edge, known]) => {
      const words = [...known].filter((shape) => shape !== undefined);
      const any = known.has(undefined);
      const crowds = words.filter((shape) => shape.endsWith(' {any}'));
      // Of one that holds many programs, the crowd of one says nothing of the others.
      const isCrowd = (shape: string): boolean =>
        manifold.has(edge) ? crowds.includes(anyShape(shape)) : crowds.length > 0;
      const crowded = words.filter(holdsCode).length > generalisation.mostCodes;
      return [edge, { covers: (shape) => any || crowded || known.has(shape) || shape === undefined || isCrowd(shape) }];
    }),
  );
}

function edgeOf({ path, applet, caller, origin, session, sha256 }: Process): string {
  return [path, applet ?? '', caller ?? '', origin ?? '', session ?? '', sha256 ?? ''].join('\u0000');
}

/** A folder that a person allowed holds for files of other writers too. */
function generatedKey(fact: Fact): readonly string[] {
  return fact.dimension === 'file' && fact.kind === 'generated-code' ? [`${fact.path}\u0000${fact.folder}`] : [];
}

function groups<Value>(
  items: readonly Entry[],
  keyOf: (fact: Process) => string,
  valueOf: (fact: Process) => Value,
): (key: string | undefined) => readonly Value[] {
  const found = new Map<string, Set<Value>>();
  for (const { fact } of items) {
    if (fact.dimension !== 'process' || fact.session !== undefined) continue;
    found.set(keyOf(fact), (found.get(keyOf(fact)) ?? new Set()).add(valueOf(fact)));
  }
  const lists = new Map([...found].map(([key, values]) => [key, [...values]]));
  return (key = '') => lists.get(key) ?? [];
}

/** Earliest hour of each slot of the week. */
function firstHours({ evidence }: Model, dimension: Dimension): ReadonlyMap<number, number> {
  const exposure = evidence.dimensions[dimension]?.exposure;
  if (exposure === undefined) return new Map();
  return new Map(
    hoursIn(decodeHours(exposure))
      .toReversed()
      .map((hour) => [hour % week, hour]),
  );
}

/** Whether boots were seen often enough for a new thing in one to be odd. */
export function knowsBoots({ startsBefore, model }: ModelIndex, hour: number): boolean {
  const all = countHours(decodeHours(model.evidence.starts));
  return all >= constants.startsForBoot && startsBefore(hour) >= constants.startsForBoot;
}
