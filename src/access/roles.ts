import type { Permission } from '#http/index.ts';
import type { Role } from './contract.ts';

/** What each role may do, of users and tokens alike. A session adds `own-password`; agents have `report` and no role. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    'own-session',
    'read',
    'publish',
    'request-exceptions',
    'approve-exceptions',
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
    'write-rules',
    'manage-agents',
  ],
  auditor: ['own-session', 'read', 'read-audit'],
  developer: ['own-session', 'read', 'request-exceptions'],
  ci: ['own-session', 'publish'],
};

/** What a signed-in user of a role may do. */
export function sessionPermissions(role: Role): readonly Permission[] {
  return [...rolePermissions[role], 'own-password'];
}
