import { useQuery } from '@tanstack/react-query';
import { listCollections } from '#access/contract.ts';
import { listApplications } from '#explorer/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { reading } from '../api.ts';
import { noEnvironment, useEnvironment } from './environment.ts';
import { textOf, wordOf } from './search-text.ts';
import type { FilterChoice, Option } from '../ui/filter-choice.ts';

/** Which part of the estate a list is about, as it stands in an address; the environment stands there for all pages. */
export interface ScopeFilter {
  readonly running?: 'yes' | 'no' | 'any' | undefined;
  readonly application?: string | undefined;
  readonly collection?: string | undefined;
  readonly host?: string | undefined;
  /** File systems of hosts instead of images. */
  readonly kind?: 'hosts' | undefined;
}

export function parseScopeFilter(raw: Readonly<Record<string, unknown>>): ScopeFilter {
  return {
    running: wordOf(raw['running'], ['yes', 'no', 'any'] as const),
    application: textOf(raw['application'], 255),
    collection: textOf(raw['collection'], 64),
    host: textOf(raw['host'], 400),
    kind: wordOf(raw['kind'], ['hosts'] as const),
  };
}

/** The same part as the API takes it. */
export function scopeQuery(scope: ScopeFilter, environment: string | undefined) {
  const { running, application, collection, host, kind } = scope;
  const word = running === 'any' ? undefined : running;
  return {
    environment,
    running: word && String(word === 'yes'),
    application,
    collection,
    host,
    kind: kind && ('file-system' as const),
  };
}

/** The part that a ranking is about: of an environment what runs there, unless the address asks for what lies on disk. */
export function rankedQuery(scope: ScopeFilter, environment: string | undefined) {
  // No container runs the file system of a host.
  if (scope.kind !== undefined) return scopeQuery({ ...scope, running: undefined }, environment);
  const isRanked = environment !== undefined && environment !== noEnvironment;
  return scopeQuery(isRanked ? { ...scope, running: scope.running ?? 'yes' } : scope, environment);
}

/** The filters for people. */
export const scopeFilters: readonly FilterChoice[] = [
  {
    id: 'running',
    name: 'Running',
    options: [
      ['yes', 'in a container now'],
      ['no', 'on disk only'],
      ['any', 'running or on disk'],
    ],
  },
  { id: 'application', name: 'Application', useOptions: useApplications },
  { id: 'collection', name: 'Collection', useOptions: useCollections },
  { id: 'host', name: 'Host', useOptions: useHosts },
];

function useApplications(): readonly Option[] | undefined {
  const query = { environment: useEnvironment(), limit: 500 };
  return useQuery(reading(listApplications, { query })).data?.applications.map(({ name }) => [name, name]);
}

function useCollections(): readonly Option[] | undefined {
  return useQuery(reading(listCollections)).data?.collections.map(({ id, name }) => [id, name]);
}

function useHosts(): readonly Option[] | undefined {
  return useQuery(reading(listHosts)).data?.hosts.map(({ name }) => [name, name]);
}
