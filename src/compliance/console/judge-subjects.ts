import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Selectable } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import {
  type ContainerInPlace,
  type Placement,
  readContainersOnHost,
  readPlacements,
  type View,
} from '#inventory/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';
import type { ComplianceRule } from '../contract.ts';
import { effectOf, isNamed } from '../effect.ts';
import { hostPlace, imagePlaces } from './places.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

/** A subject where it stands. */
export interface PlacedSubject
  extends Pick<ComplianceTables['subject'], 'host' | 'kind' | 'id' | 'name' | 'facts' | 'size' | 'reported_at'> {
  /** Of an image, all where it stands. */
  readonly places: readonly Selectable[];
}

/** What a rule does about one set of facts. */
export interface FactsEffect {
  /** The worst; `record`: nothing is done. */
  readonly effect: 'block' | 'alert' | 'record';
  /** Ids of the checks that have this effect. */
  readonly checks: readonly string[];
}

/** Everything that hosts report now, as far as the caller may see it. */
export async function placedSubjects(queries: Queries, view: View): Promise<readonly PlacedSubject[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .select(['host', 'kind', 'id', 'name', 'facts', 'size', 'reported_at'])
    .orderBy('host')
    .orderBy('kind')
    .orderBy('id')
    .execute();
  return await inPlace(queries, rows, view);
}

/** Subjects with where they stand, without those that the caller may not see. */
export async function inPlace<Row extends Pick<PlacedSubject, 'host' | 'kind' | 'id' | 'name'>>(
  queries: Queries,
  rows: readonly Row[],
  view: View,
): Promise<readonly (Row & Pick<PlacedSubject, 'places'>)[]> {
  const placed: (Row & Pick<PlacedSubject, 'places'>)[] = [];
  for (const [host, subjects] of Map.groupBy(rows, (row) => row.host)) {
    const place = await hostPlace(queries, host);
    const images = subjects.filter(({ kind }) => kind === 'image').map(({ id }) => id as SubjectId);
    const placements: ReadonlyMap<SubjectId, readonly Placement[]> = await readPlacements(queries, images);
    const ids = subjects.filter(({ kind }) => kind === 'container').map(({ id }) => id);
    const containers: ReadonlyMap<string, ContainerInPlace> = await readContainersOnHost(queries, host, ids);
    for (const subject of subjects) {
      if (subject.kind === 'image') {
        placed.push({ ...subject, places: imagePlaces(subject, placements.get(subject.id as SubjectId) ?? []) });
        continue;
      }
      // A container that the inventory does not know yet stands where its host does.
      const own = subject.kind === 'container' ? containers.get(subject.id)?.place : undefined;
      placed.push({ ...subject, places: [own ?? place] });
    }
  }
  return placed.filter(({ places }) => view === undefined || places.some(view));
}

const about = new Map(
  Object.values<readonly About[]>(checks).flatMap((list) => list.map((check) => [check.id, check])),
);

/** What each rule does about facts; equal facts are judged once for each rule. */
export class Judge {
  readonly #results: ReadonlyMap<string, readonly ResultRow[]>;
  readonly #judged = new Map<string, FactsEffect>();

  constructor(results: ReadonlyMap<string, readonly ResultRow[]>) {
    this.#results = results;
  }

  /** Reads the answers that are not simply a pass. */
  static async open(queries: Queries, subjects: readonly PlacedSubject[]): Promise<Judge> {
    const ids = [...new Set(subjects.map(({ facts }) => facts))];
    const { rows } = await sql<ResultRow>`
      select facts, check_id as id, state, folded from compliance.result
      where facts = any(${ids}::text[]) and state not in ('pass', 'not-applicable')
      order by check_id`.execute(queries.query(complianceSchema));
    return new Judge(Map.groupBy(rows, ({ facts }) => facts));
  }

  effect(facts: string, rule: ComplianceRule | undefined): FactsEffect {
    if (rule === undefined) return { effect: 'record', checks: [] };
    const key = `${facts} ${rule.id} ${rule.version}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const judged = this.#judge(facts, rule);
    this.#judged.set(key, judged);
    return judged;
  }

  /** Whether a check that a rule names could not be assessed, or was in error. */
  isPartlyUnknown(facts: string, { lines }: ComplianceRule): boolean {
    return (this.#results.get(facts) ?? []).some(({ id, state }) => {
      const check = about.get(id);
      if (check === undefined || (state !== 'not-assessed' && state !== 'error')) return false;
      const line = lines.find(({ checks: choice }) => isNamed(choice, check));
      return line !== undefined && line.effect !== 'ignore';
    });
  }

  #judge(facts: string, rule: ComplianceRule): FactsEffect {
    const byEffect = Map.groupBy(this.#results.get(facts) ?? [], ({ id, state, folded }) => {
      const check = about.get(id);
      if (check === undefined) return 'record';
      return effectOf(check, { state, ...(folded && { foldedUnder: 'another' }) }, rule);
    });
    for (const effect of ['block', 'alert'] as const) {
      const found = byEffect.get(effect);
      if (found !== undefined) return { effect, checks: found.map(({ id }) => id) };
    }
    return { effect: 'record', checks: [] };
  }
}

interface ResultRow {
  readonly facts: string;
  readonly id: string;
  readonly state: ComplianceTables['result']['state'];
  readonly folded: boolean;
}

/** Finds the rule that applies to a subject. */
export async function rulesOn(queries: Queries, rules: readonly ComplianceRule[]) {
  const collections = await readCollections(queries);
  return ({ places }: PlacedSubject): ComplianceRule | undefined =>
    rules.find((rule) => places.some((place) => ruleFor([rule], collections, place) !== undefined));
}
