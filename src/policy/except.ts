import type { Selectable } from '#access/index.ts';
import { heldThere } from '#compliance/index.ts';
import type { Verdict } from './contract.ts';
import type { PolicyFinding } from './facts.ts';
import { type ApprovedException, isInAny, type Rulebook } from './rulebook.ts';

/** Findings that count, and those that exceptions keep from counting. */
export interface Excepted {
  readonly counted: readonly PolicyFinding[];
  readonly excepted: NonNullable<Verdict['excepted']>;
}

/**
 * Sets the findings apart that an exception speaks for: the same vulnerability in the same package at the same version. An
 * exception with a scope holds only where all that is judged lies in it, so that it never hides what lies elsewhere.
 */
export function setApart(
  findings: readonly PolicyFinding[],
  rulebook: Pick<Rulebook, 'exceptions' | 'collections'>,
  { where, now }: { readonly where: readonly Selectable[]; readonly now: Date },
): Excepted {
  const held = holdingExceptions(rulebook, { where, now });
  if (held.length === 0) return { counted: findings, excepted: [] };
  const byKey = new Map(
    held.toReversed().map((exception) => [keyOf(exception.advisory, exception.package), exception]),
  );
  const counted: PolicyFinding[] = [];
  const excepted: { finding: string; purl: string; exception: string }[] = [];
  for (const finding of findings) {
    const exception = finding.suppressed === undefined ? exceptionFor(finding, byKey) : undefined;
    if (exception === undefined) counted.push(finding);
    else excepted.push({ finding: finding.id, purl: finding.purl, exception: exception.id });
  }
  return { counted, excepted };
}

/** The rulebook with only those exceptions that name a package with findings. */
export function namingIts(findings: readonly PolicyFinding[], rulebook: Rulebook): Rulebook {
  if (rulebook.exceptions.length === 0) return rulebook;
  const named = new Set(findings.map(({ type, package: name, installed }) => `${type} ${name} ${installed}`));
  const exceptions = rulebook.exceptions.filter(({ package: one }) =>
    named.has(`${one.type} ${one.name} ${one.version}`),
  );
  return { ...rulebook, exceptions };
}

/** Exceptions that hold now and there. */
export function holdingExceptions(
  { exceptions, collections }: Pick<Rulebook, 'exceptions' | 'collections'>,
  { where, now }: { readonly where: readonly Selectable[]; readonly now: Date },
): readonly ApprovedException[] {
  return exceptions.filter((exception) => holdsNow(exception, now) && holdsThere(exception, where, collections));
}

/** Exceptions of checks that hold now and there. An image goes by the names that it has in all places. */
export function heldCheckExceptions(
  { checkExceptions, collections }: Pick<Rulebook, 'checkExceptions' | 'collections'>,
  {
    where,
    now,
    image,
  }: { readonly where: readonly Selectable[]; readonly now: Date; readonly image: string | undefined },
): ReturnType<typeof heldThere> {
  const names = where[0]?.images.filter((name) => where.every(({ images }) => images.includes(name))) ?? [];
  return heldThere(checkExceptions, { names, image, places: where }, { now, collections: collections.values() });
}

/** Whether an approved exception has not run out. */
function holdsNow({ state, expiresAt }: ApprovedException, now: Date): boolean {
  return state === 'approved' && Date.parse(expiresAt) > now.getTime();
}

function holdsThere(
  { collections: named }: ApprovedException,
  where: readonly Selectable[],
  collections: Rulebook['collections'],
): boolean {
  if (named === undefined) return true;
  return where.length > 0 && where.every((place) => isInAny(place, named, collections));
}

function exceptionFor(
  { id, aliases, matchedBy, type, package: name, installed }: PolicyFinding,
  byKey: ReadonlyMap<string, ApprovedException>,
): ApprovedException | undefined {
  const component = { type, name, version: installed };
  for (const advisory of [id, matchedBy.advisory, ...aliases]) {
    const exception = byKey.get(keyOf(advisory, component));
    if (exception !== undefined) return exception;
  }
  return undefined;
}

function keyOf(advisory: string, { type, name, version }: ApprovedException['package']): string {
  return JSON.stringify([advisory, type, name, version]);
}
