import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import { everywhere, noEnvironment, type Scope } from './scopes.ts';

type Selects = Collection['selects'];

/**
 * The kept scope that holds exactly what somebody with these collections sees of what he asks about; `undefined`: none
 * does. Kept are days of the whole estate, of each environment and of each application.
 */
export function keptScopeOf(
  collections: readonly Selects[] | undefined,
  asked: Scope,
  kept: readonly Scope[],
): Scope | undefined {
  if (asked.environment !== everywhere && asked.application !== everywhere) return undefined;
  if (collections === undefined || collections.some((selects) => isWhole(selects, asked))) return asked;
  if (asked.environment !== everywhere || asked.application !== everywhere) return undefined;
  const parts = collections.map((selects) => partsOf(selects, kept));
  const [first] = parts;
  const [only] = first ?? [];
  if (only === undefined) return undefined;
  return parts.every((own) => own?.length === 1 && own[0] === only) ? only : undefined;
}

/** Whether a collection holds all of a scope. */
function isWhole(selects: Selects, { environment, application }: Scope): boolean {
  const { environments, applications } = selects;
  return (
    !selectsOtherwise(selects) &&
    (isEmpty(environments) || (environment !== everywhere && holds({ environments }, { environment }))) &&
    (isEmpty(applications) || (application !== everywhere && holds({ applications }, { application })))
  );
}

/** The kept scopes that together are what a collection holds; `undefined`: there are none such. */
function partsOf(selects: Selects, kept: readonly Scope[]): readonly Scope[] | undefined {
  const { environments, applications } = selects;
  if (selectsOtherwise(selects)) return undefined;
  if (isEmpty(applications))
    return kept.filter(({ environment }) => environment !== everywhere && holds({ environments }, { environment }));
  // Without a pattern to match it holds what is of no application as well.
  if (!isEmpty(environments) || applications?.every((pattern) => pattern.startsWith('-')) === true) return undefined;
  return kept.filter(({ application }) => application !== everywhere && holds({ applications }, { application }));
}

function selectsOtherwise({ images, repositories, registries, labels, hosts }: Selects): boolean {
  return ![images, repositories, registries, labels, hosts].every(isEmpty);
}

function isEmpty(patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.length === 0;
}

function holds(selects: Selects, { environment, application }: Partial<Scope>): boolean {
  const what: Selectable = {
    images: [],
    labels: {},
    ...(environment !== undefined && environment !== noEnvironment && { environment }),
    ...(application !== undefined && { application }),
  };
  return isInCollection({ selects }, what);
}
