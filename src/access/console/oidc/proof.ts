import { oneLine } from '#base/index.ts';
import type { GroupRole, ProviderSettings } from './settings.ts';

/** What the console keeps to ask the provider again. Sealed by the master key wherever it is stored. */
export interface Grant {
  /** Missing: the provider gives none, and the person signs in again when the time is over. */
  readonly refreshToken?: string;
  /** Tells the provider whom to sign out. */
  readonly idToken: string;
}

/** What the provider proved about a person. */
export interface Proof {
  /** The person's id at the provider; with the issuer it is who they are. */
  readonly subject: string;
  /** For display; proves nothing. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly grant: Grant;
}

/**
 * What became of asking the provider about a session. `confirmed`: it was asked now, and the user's role may be another.
 */
export type Confirmation = 'holds' | 'confirmed' | 'ended';

type Claims = Readonly<Record<string, unknown>>;

/** Groups that the claim names; missing where there is no such claim, so that another source may be asked. */
export function groupsIn(claims: Claims, claim: string): readonly string[] | undefined {
  const value = claims[claim];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((one): one is string => typeof one === 'string');
}

/** Whether the provider says that it keeps the groups elsewhere, as Entra ID does of people in many groups. */
export function keepsGroupsElsewhere(claims: Claims, claim: string): boolean {
  return Object.hasOwn(Object(claims['_claim_names']) as object, claim);
}

/** How pages call the person: the first claim that says something. */
export function nameIn(claims: Claims, subject: string): string {
  for (const claim of ['preferred_username', 'name', 'email']) {
    const value = claims[claim];
    if (typeof value !== 'string') continue;
    const shown = oneLine(value, 96, '').trim();
    if (shown !== '') return shown;
  }
  return oneLine(subject, 96, '�');
}

/** What the groups give: the first line of the mapping, from the top down, whose group the person is in. */
export function roleFor(groups: readonly string[], roles: ProviderSettings['roles']): GroupRole | undefined {
  const held = new Set(groups);
  return roles.find(({ group }) => held.has(group));
}
