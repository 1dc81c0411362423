import { textOf, wordOf } from '../../app/search-text.ts';

export const protections = ['unknown', 'unprotected', 'partly', 'protected', 'watched', 'not-protected'] as const;

/** What the address of the containers list holds: its filters, and the container that is open. */
export interface ContainersSearch {
  readonly search?: string | undefined;
  readonly host?: string | undefined;
  readonly application?: string | undefined;
  readonly subject?: string | undefined;
  readonly state?: 'up' | 'ended' | undefined;
  readonly protection?: (typeof protections)[number] | undefined;
  readonly container?: string | undefined;
}

export function parseContainersSearch(raw: Readonly<Record<string, unknown>>): ContainersSearch {
  return {
    search: textOf(raw['search']),
    host: textOf(raw['host'], 400),
    application: textOf(raw['application'], 255),
    subject: textOf(raw['subject'], 512),
    state: wordOf(raw['state'], ['up', 'ended'] as const),
    protection: wordOf(raw['protection'], protections),
    container: textOf(raw['container'], 64),
  };
}
