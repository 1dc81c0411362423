import { z } from 'zod';
import { type Permission } from '#http/index.ts';

/** How an environment may be called; pages check it too. */
export const environmentPattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** Name of an environment: `dev`, `test`, `prod`, or any other. */
export const Environment = z.string().regex(environmentPattern);

/** Id in addresses and YAML: `surge-prod`. */
export const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);

/** What a person or a token is there for. `ci` is for tokens only. */
export const Role = z.enum(['administrator', 'operator', 'auditor', 'developer', 'ci']);
export type Role = z.infer<typeof Role>;

/**
 * What each role may do, of users and tokens alike. A session adds `own-password`; who is scoped to collections has none
 * of `wholePermissions`; agents have `report` and no role.
 */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    'own-session',
    'read',
    'publish',
    'request-exceptions',
    'approve-exceptions',
    'operate',
    'write-rules',
    'manage-agents',
    'read-audit',
    'administer',
  ],
  operator: [
    'own-session',
    'read',
    'publish',
    'request-exceptions',
    'approve-exceptions',
    'operate',
    'write-rules',
    'manage-agents',
  ],
  auditor: ['own-session', 'read', 'read-audit'],
  developer: ['own-session', 'read', 'request-exceptions'],
  ci: ['own-session', 'publish'],
};
