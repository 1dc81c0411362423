import { sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import { AppError } from '#base/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind } from '../../../contract-evidence.ts';
import type { ProductAnswer } from '../../../evidence/answer.ts';
import type { AssessedSubject } from '../../../evidence/assessment.ts';
import { explorerSchema } from '../../schema.ts';
import type { Looking } from '../looking.ts';
import { everywhere, isSeenInScope } from '../scopes.ts';

/** A subject of controls with what is known of it. */
export interface ScopedSubject {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly name: string;
  readonly application: string | null;
  readonly environment: string | null;
  readonly locations: readonly Selectable[];
  readonly stance: string;
  readonly facts: string | null;
  readonly since: Date;
  readonly answers: Readonly<Record<string, ProductAnswer>> | null;
}

/** Subjects that a package may speak of. */
const mostSubjects = 50_000;

/** All subjects in the scope that the caller may see, or that one, always in the same order. Throws `too-costly`. */
export async function readScopedSubjects(
  queries: Queries,
  { view, scope }: Looking,
  only?: Pick<ScopedSubject, 'host' | 'kind' | 'id'>,
): Promise<readonly ScopedSubject[]> {
  const { rows } = await sql<ScopedSubject>`
    select one.host, one.kind, one.id, one.name, one.application, one.environment, one.locations, one.stance, one.facts,
      one.since, given.answers
    from explorer.evidence_subject as one
    left join explorer.evidence_answer as given on (given.host, given.kind, given.id) = (one.host, one.kind, one.id)
    where ${only === undefined ? sql`true` : sql`(one.host, one.kind, one.id) = (${only.host}, ${only.kind}, ${only.id})`}
      and ${
        scope.environment === everywhere && scope.application === everywhere
          ? sql`true`
          : sql`(one.kind = 'console' or exists (
              select from unnest(one.scope_environments, one.scope_applications) as scope (environment, application)
              where scope.environment = ${scope.environment} and scope.application = ${scope.application}))`
      }
    order by one.kind, one.host, one.id limit ${mostSubjects + 1}`.execute(queries.query(explorerSchema));
  if (rows.length > mostSubjects)
    throw new AppError('too-costly', `The scope has more than ${mostSubjects} subjects.`, {
      next: 'Ask for one environment or application.',
    });
  if (view === undefined) return rows;
  return rows.filter(({ kind, locations }) => kind === 'console' || isSeenInScope(scope, locations, view));
}

/** Images and the console lie on no host; the log has a place for them. */
export function hostOf(host: string): string {
  return host === imagesPlace ? '' : host;
}

/** A subject as the package names it. */
export function toAssessed({ host, kind, id, name, application, environment, facts }: ScopedSubject): AssessedSubject {
  return {
    host: hostOf(host),
    kind,
    id,
    name,
    ...(application !== null && { application }),
    ...(environment !== null && { environment }),
    ...(facts !== null && { facts }),
  };
}
