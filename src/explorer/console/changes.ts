import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { PackageType } from '#catalog/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { getChanges } from '../contract.ts';
import { unknownSubject } from './image-detail.ts';
import { explorerSchema } from './schema.ts';
import { maySee, type Viewer } from './scope.ts';
import type { ImageNumber } from './tables.ts';

type Changes = ReplyOf<typeof getChanges>;
type Input = Pick<HandlerInput<typeof getChanges>, 'params' | 'query'> & { readonly principal?: Viewer };

/** Answers `getChanges`. A vulnerability that the other image has in the same package is kept, whatever its version. Throws `not-found`. */
export async function readChanges(queries: Queries, { params, query, principal }: Input): Promise<Changes> {
  const now = await numberOf(queries, params.subject, principal);
  const before = await numberOf(queries, query.against, principal);
  return {
    findings: compareFindings(await readFindingsOf(queries, now), await readFindingsOf(queries, before)),
    packages: comparePackages(await readPackagesOf(queries, now), await readPackagesOf(queries, before)),
  };
}

async function numberOf(queries: Queries, subject: SubjectId, viewer: Viewer): Promise<ImageNumber> {
  const database = queries.query(explorerSchema);
  const found = (await maySee(queries, viewer, subject))
    ? await database.selectFrom('image_row').select('number').where('subject', '=', subject).executeTakeFirst()
    : undefined;
  if (found === undefined) throw unknownSubject(subject);
  return found.number;
}

interface HeldVulnerability {
  readonly vulnerability: string;
  readonly id: string;
  readonly package: string;
  readonly type: PackageType;
  readonly installed: string;
  readonly fixed: string | null;
  readonly severity: number;
  readonly risk: number;
}

async function readFindingsOf(queries: Queries, image: ImageNumber): Promise<readonly HeldVulnerability[]> {
  const { rows } = await sql<HeldVulnerability>`
    select distinct on (held.vulnerability) held.vulnerability, id, package, type, installed, fixed, held.severity, risk
    from explorer.finding_environment as held join explorer.finding using (key)
    where image = ${image} and environment = '*' and not held.suppressed
    order by held.vulnerability, risk desc, key`.execute(queries.query(explorerSchema));
  return rows.toSorted((left, right) => right.risk - left.risk || (left.id < right.id ? -1 : 1));
}

function compareFindings(now: readonly HeldVulnerability[], before: readonly HeldVulnerability[]): Changes['findings'] {
  const [here, there] = [new Set(now.map((one) => one.vulnerability)), new Set(before.map((one) => one.vulnerability))];
  return {
    added: now.filter((one) => !there.has(one.vulnerability)).map(toChanged),
    removed: before.filter((one) => !here.has(one.vulnerability)).map(toChanged),
    kept: now.filter((one) => there.has(one.vulnerability)).length,
  };
}

function toChanged({
  vulnerability: _vulnerability,
  fixed,
  severity,
  ...same
}: HeldVulnerability): Changes['findings']['added'][number] {
  return { ...same, ...(fixed === null ? {} : { fixed }), severity: severities[severity] ?? 'unrated' };
}

interface HeldPackage {
  readonly name: string;
  readonly type: PackageType;
  readonly version: string;
}

async function readPackagesOf(queries: Queries, image: ImageNumber): Promise<readonly HeldPackage[]> {
  const { rows } = await sql<HeldPackage>`
    select distinct package ->> 'name' as name, type, package ->> 'version' as version
    from explorer.package_row where image = ${image} order by name, type, version`.execute(
    queries.query(explorerSchema),
  );
  return rows;
}

/** A package in one version here and in one other there changed; with several versions, they come and go. */
function comparePackages(now: readonly HeldPackage[], before: readonly HeldPackage[]): Changes['packages'] {
  const [here, there] = [Map.groupBy(now, nameOf), Map.groupBy(before, nameOf)];
  const changes = { added: [], removed: [], changed: [], kept: 0 } as {
    readonly added: HeldPackage[];
    readonly removed: HeldPackage[];
    readonly changed: Changes['packages']['changed'][number][];
    kept: number;
  };
  for (const name of [...new Set([...here.keys(), ...there.keys()])].toSorted()) {
    const [mine, others] = [here.get(name) ?? [], there.get(name) ?? []];
    const come = mine.filter((one) => !others.some((other) => other.version === one.version));
    const go = others.filter((one) => !mine.some((other) => other.version === one.version));
    changes.kept += mine.length - come.length;
    const [to, from] = [come[0], go[0]];
    if (to !== undefined && from !== undefined && come.length === 1 && go.length === 1) {
      changes.changed.push({ name: to.name, type: to.type, from: from.version, to: to.version });
      continue;
    }
    changes.added.push(...come);
    changes.removed.push(...go);
  }
  return changes;
}

function nameOf({ type, name }: HeldPackage): string {
  return `${type} ${name}`;
}
