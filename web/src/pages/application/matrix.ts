import type { ApplicationDetail } from '#explorer/contract.ts';
import type { Immutable } from '#base/index.ts';
import { environmentKey, inEnvironmentOrder } from '../../app/environment.ts';

export type Part = Immutable<ApplicationDetail>['parts'][number];
export type Version = Part['versions'][number];

/** A column of the table of versions: an environment, or the builds that run nowhere. */
export const builds = 'build';

/** How one part stands in one column. `differs`: another content than where it matters most, the first column that has it. */
export interface Cell {
  readonly place: string;
  readonly versions: readonly Version[];
  readonly state: 'missing' | 'same' | 'differs' | 'several';
}

/** The columns that an application needs: prod first, builds that run nowhere last. */
export function placesOf({ parts, environments }: Pick<Immutable<ApplicationDetail>, 'parts' | 'environments'>) {
  const versions = parts.flatMap((part) => part.versions);
  const named = [
    ...environments.map(({ environment }) => environmentKey(environment)),
    ...versions.filter(({ state }) => state !== 'build').map(({ environment }) => environmentKey(environment)),
  ];
  const lastly = versions.some(({ state }) => state === 'build') ? [builds] : [];
  return [...inEnvironmentOrder(named), ...lastly];
}

/** One part in each column, compared with the column that stands first. */
export function cellsOf(part: Part, places: readonly string[]): readonly Cell[] {
  const columns = places.map((place) => ({ place, versions: part.versions.filter((one) => placeOf(one) === place) }));
  const first = columns.find(({ versions }) => versions.length > 0)?.versions;
  return columns.map(({ place, versions }) => ({ place, versions, state: stateOf(versions, first) }));
}

function placeOf(version: Version): string {
  return version.state === 'build' ? builds : environmentKey(version.environment);
}

function stateOf(versions: readonly Version[], first: readonly Version[] | undefined): Cell['state'] {
  const here = subjectsOf(versions);
  if (here.size === 0) return 'missing';
  if (here.size > 1) return 'several';
  const [subject] = here;
  return subject !== undefined && subjectsOf(first ?? []).has(subject) ? 'same' : 'differs';
}

function subjectsOf(versions: readonly Version[]): ReadonlySet<string> {
  return new Set(versions.map(({ subject }) => subject));
}
