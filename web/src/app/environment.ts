import { getRouteApi } from '@tanstack/react-router';
import { environmentPattern } from '#access/contract.ts';
import { environmentName, noEnvironment } from '../ui/environment-name.ts';

export { environmentName, noEnvironment };

/** What every address inside may hold: the environment that all pages are about; missing: all of them. */
export interface FrameSearch {
  readonly environment?: string | undefined;
}

const frame = getRouteApi('/inside');
const first: readonly string[] = ['prod', 'test', 'dev'];

export function parseFrameSearch(raw: Readonly<Record<string, unknown>>): FrameSearch {
  const named = raw['environment'];
  return typeof named === 'string' && environmentPattern.test(named) ? { environment: named } : {};
}

/** The environment that was chosen; missing: all. */
export function useEnvironment(): string | undefined {
  return frame.useSearch({ select: (search) => search.environment });
}

/** In the address: what has no environment is named, too. */
export function environmentKey(environment: string | undefined): string {
  return environment ?? noEnvironment;
}

/** prod, test and dev first, others by name, what has none at the end. */
export function inEnvironmentOrder(keys: Iterable<string>): readonly string[] {
  const place = (key: string): number => {
    if (key === noEnvironment) return first.length + 1;
    return first.includes(key) ? first.indexOf(key) : first.length;
  };
  return [...new Set(keys)].toSorted((one, other) => place(one) - place(other) || one.localeCompare(other));
}

/** What lies in environments, in the same order. */
export function placementsInOrder<Place extends { readonly environment?: string | undefined }>(
  places: readonly Place[],
): readonly Place[] {
  const order = inEnvironmentOrder(places.map(({ environment }) => environmentKey(environment)));
  const rank = ({ environment }: Place): number => order.indexOf(environmentKey(environment));
  return places.toSorted((one, other) => rank(one) - rank(other));
}
