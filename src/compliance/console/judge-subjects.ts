import { readCollections } from '#access/console/index.ts';
import type { Selectable } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import {
  type PlacedContainer,
  type Placement,
  readPlacements,
  readPlacesOnHost,
  type View,
} from '#inventory/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { ComplianceRule } from '../contract.ts';
import { effectOf, isNamed } from '../effect.ts';
import { type Answer, Answers, type Terms } from './answers.ts';
import { hostPlace, imagePlaces } from './places.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** Who looks, and when. */
export interface Seeing {
  readonly view: View;
  readonly now: Date;
}

/** A subject where it stands. */
export interface PlacedSubject
  extends Pick<
    ComplianceTables['subject'],
    'host' | 'kind' | 'id' | 'name' | 'facts' | 'size' | 'since' | 'reported_at'
  > {
  /** Digest of the checks and lists that gave the results; null: they are not there yet. */
  readonly evaluation: string | null;
  /** Digest of the image, or of the one that the container is made of; missing: not known, or no such subject. */
  readonly image?: string | undefined;
  /** Whether it runs, of a container that the inventory knows. */
  readonly up?: boolean | undefined;
  /** When time alone changed the results. */
  readonly changed_at: Date | null;
  /** How its checks stand by its facts; null: nobody knows yet. */
  readonly outcome: string | null;
  /** Of an image, all where it stands. */
  readonly places: readonly Selectable[];
}

/** What of a subject decides what rules do about it. */
export type JudgedByRules = Pick<
  PlacedSubject,
  'kind' | 'name' | 'image' | 'facts' | 'outcome' | 'reported_at' | 'places'
>;

/** What a rule does about one set of facts. */
export interface FactsEffect {
  /** The worst; `record`: nothing is done. */
  readonly effect: 'block' | 'alert' | 'record';
  /** Ids of the checks that have this effect. */
  readonly checks: readonly string[];
}

/** Everything that hosts report now, as far as the caller may see it; or of that what one host reports. */
export async function placedSubjects(queries: Queries, view: View, host?: string): Promise<readonly PlacedSubject[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .innerJoin('facts', 'facts.id', 'subject.facts')
    .select(['host', 'subject.kind', 'subject.id', 'name', 'subject.facts', 'size', 'since', 'reported_at'])
    .select(['facts.evaluation', 'facts.changed_at', 'facts.outcome'])
    .$if(host !== undefined, (all) => all.where('host', '=', host ?? ''))
    .orderBy('host')
    .orderBy('subject.kind')
    .orderBy('subject.id')
    .execute();
  return await inPlace(queries, rows, view);
}

type Located = Pick<PlacedSubject, 'places' | 'image' | 'up'>;

/** Subjects with where they stand, without those that the caller may not see. */
export async function inPlace<Row extends Pick<PlacedSubject, 'host' | 'kind' | 'id' | 'name'>>(
  queries: Queries,
  rows: readonly Row[],
  view: View,
): Promise<readonly (Row & Located)[]> {
  const placed: (Row & Located)[] = [];
  for (const [host, subjects] of Map.groupBy(rows, (row) => row.host)) {
    const place = await hostPlace(queries, host);
    const images = subjects.filter(({ kind }) => kind === 'image').map(({ id }) => id as SubjectId);
    const placements: ReadonlyMap<SubjectId, readonly Placement[]> = await readPlacements(queries, images);
    const ids = subjects.filter(({ kind }) => kind === 'container').map(({ id }) => id);
    const containers: ReadonlyMap<string, PlacedContainer> = await readPlacesOnHost(queries, host, ids);
    for (const subject of subjects) {
      if (subject.kind === 'image') {
        const places = imagePlaces(subject, placements.get(subject.id as SubjectId) ?? []);
        placed.push({ ...subject, image: subject.id, places });
        continue;
      }
      // A container that the inventory does not know yet stands where its host does.
      const own = subject.kind === 'container' ? containers.get(subject.id) : undefined;
      placed.push({ ...subject, image: own?.subject, up: own?.up, places: [own?.place ?? place] });
    }
  }
  return placed.filter(({ places }) => view === undefined || places.some(view));
}

/** What each rule does about subjects; equal ones are judged once for each rule. */
export class Judge {
  readonly #answers: Answers;
  readonly #judged = new Map<string, FactsEffect>();
  readonly #unknown = new Map<string, boolean>();

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /** Reads how the checks of these subjects stand now. */
  static async open(queries: Queries, subjects: readonly JudgedByRules[], terms: Terms): Promise<Judge> {
    return new Judge(await Answers.open(queries, subjects, terms));
  }

  effect(subject: JudgedByRules, rule: ComplianceRule | undefined): FactsEffect {
    if (rule === undefined) return { effect: 'record', checks: [] };
    const key = `${rule.id} ${rule.version} ${this.#answers.keyOf(subject)}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const judged = effectOfAnswers(this.#answers.of(subject), rule);
    this.#judged.set(key, judged);
    return judged;
  }

  /** Whether a check that a rule names could not be assessed, or was in error. */
  isPartlyUnknown(subject: JudgedByRules, rule: ComplianceRule): boolean {
    const key = `${rule.id} ${rule.version} ${this.#answers.keyOf(subject)}`;
    const known = this.#unknown.get(key);
    if (known !== undefined) return known;
    const isUnknown = this.#answers.of(subject).some(({ about, state }) => {
      if (state !== 'not-assessed' && state !== 'error') return false;
      const line = rule.lines.find(({ checks: choice }) => isNamed(choice, about));
      return line !== undefined && line.effect !== 'ignore';
    });
    this.#unknown.set(key, isUnknown);
    return isUnknown;
  }
}

/** The worst that a rule does about the answers of a subject, and the checks for which it does so. */
export function effectOfAnswers(answers: readonly Answer[], rule: ComplianceRule): FactsEffect {
  const byEffect = effectsOf(answers, rule);
  for (const effect of ['block', 'alert'] as const) {
    const found = byEffect.get(effect);
    if (found !== undefined) return { effect, checks: found.map(({ id }) => id) };
  }
  return { effect: 'record', checks: [] };
}

/** Checks that fail, each by itself, and that the rule blocks: the only ones for which a container is stopped. */
export function failingBlocked(answers: readonly Answer[], rule: ComplianceRule): readonly Answer[] {
  return (effectsOf(answers, rule).get('block') ?? []).filter(({ state }) => state === 'fail');
}

type Effects = ReadonlyMap<ReturnType<typeof effectOf>, readonly Answer[]>;

/** Subjects that stand alike have one list of answers, which a rule is asked about once. */
const effects = new WeakMap<readonly Answer[], WeakMap<ComplianceRule, Effects>>();

function effectsOf(answers: readonly Answer[], rule: ComplianceRule): Effects {
  const known = effects.get(answers) ?? new WeakMap<ComplianceRule, Effects>();
  effects.set(answers, known);
  const found =
    known.get(rule) ??
    Map.groupBy(answers, ({ about, state, folded }) =>
      effectOf(about, { state, ...(folded && { foldedUnder: 'another' }) }, rule),
    );
  known.set(rule, found);
  return found;
}

/** Finds the rule that applies to a subject. */
export async function rulesOn(queries: Queries, rules: readonly ComplianceRule[]) {
  const collections = await readCollections(queries);
  return ({ places }: Pick<PlacedSubject, 'places'>): ComplianceRule | undefined =>
    rules.find((rule) => places.some((place) => ruleFor([rule], collections, place) !== undefined));
}
