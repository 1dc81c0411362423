import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { PackageType } from '#catalog/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { Severity } from '#vulnerability/index.ts';
import { vulnerabilityKey } from './finding-rows.ts';
import { containing, storable } from './search.ts';

/** What findings are chosen by, besides their scope. */
export interface FindingChoice {
  readonly search?: string | undefined;
  readonly fix?: 'available' | 'none' | undefined;
  readonly kev?: boolean | undefined;
  readonly inUse?: boolean | undefined;
  readonly type?: PackageType | undefined;
  readonly subject?: SubjectId | undefined;
  readonly vulnerability?: string | undefined;
  readonly package?: string | undefined;
  readonly layer?: number | undefined;
  readonly fromLayer?: number | undefined;
  readonly belowLayer?: number | undefined;
}

type Condition = RawBuilder<SqlBool>;

/** Conditions on what `finding_environment`, `finding_count` and `vulnerability` have alike. */
export function plainConditions({ fix, kev, inUse }: FindingChoice): readonly Condition[] {
  return [
    ...(fix === undefined ? [] : [sql<SqlBool>`fixable = ${fix === 'available'}`]),
    ...(kev === undefined ? [] : [sql<SqlBool>`kev = ${kev}`]),
    ...(inUse === undefined ? [] : [sql<SqlBool>`in_use = ${inUse}`]),
  ];
}

export function severityCondition(severity: Severity | undefined): readonly Condition[] {
  return severity === undefined ? [] : [sql<SqlBool>`severity = ${severities.indexOf(severity)}`];
}

/** Condition on rows with an `image`. */
export function ofSubject({ subject }: FindingChoice): readonly Condition[] {
  if (subject === undefined) return [];
  return [sql`image = (select number from explorer.image_row where subject = ${subject})`];
}

/** Conditions on rows of `finding_environment` that need what the findings themselves say. */
export function findingConditions(choice: FindingChoice): readonly Condition[] {
  return [...vulnerabilityConditions(choice), ...layerCondition(choice), ...searchCondition(choice)];
}

function vulnerabilityConditions({ vulnerability, package: name, type }: FindingChoice): readonly Condition[] {
  if (vulnerability !== undefined && name !== undefined && type !== undefined) {
    return [sql`vulnerability = ${vulnerabilityKey({ id: vulnerability, package: name, type })}::uuid`];
  }
  const parts = [
    ...(vulnerability === undefined ? [] : [sql<SqlBool>`id = ${storable(vulnerability)}`]),
    ...(name === undefined ? [] : [sql<SqlBool>`package = ${storable(name)}`]),
    ...(type === undefined ? [] : [sql<SqlBool>`type = ${type}`]),
  ];
  if (parts.length === 0) return [];
  return [
    sql`vulnerability = any(array(select distinct vulnerability from explorer.finding where ${sql.join(parts, sql` and `)}))`,
  ];
}

function layerCondition({ layer, fromLayer, belowLayer }: FindingChoice): readonly Condition[] {
  const parts = [
    ...(layer === undefined ? [] : [sql`layer = ${layer}`]),
    ...(fromLayer === undefined ? [] : [sql`layer >= ${fromLayer}`]),
    ...(belowLayer === undefined ? [] : [sql`layer < ${belowLayer}`]),
  ];
  if (parts.length === 0) return [];
  return [sql`key in (select key from explorer.finding where ${sql.join(parts, sql` and `)})`];
}

/** A finding is found by its own names and by those of its image. */
function searchCondition({ search }: FindingChoice): readonly Condition[] {
  if (search === undefined) return [];
  const pattern = containing(search);
  return [sql`(vulnerability = any(${vulnerabilitiesNamed(pattern)}) or image = any(${imagesNamed(pattern)}))`];
}

/** Array of the vulnerabilities with a name like this pattern. */
export function vulnerabilitiesNamed(pattern: string): RawBuilder<readonly string[]> {
  return sql`array(select distinct vulnerability from explorer.finding where search like ${pattern})`;
}

/** Array of the images with a name like this pattern; images are few, so they are looked up first. */
export function imagesNamed(pattern: string): RawBuilder<readonly number[]> {
  return sql`array(select number from explorer.image_row where name_search like ${pattern})`;
}
