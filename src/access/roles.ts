import type { Permission } from '#http/index.ts';
import { type Role, rolePermissions } from './contract.ts';

/** What a signed-in user of a role may do. */
export function sessionPermissions(role: Role): readonly Permission[] {
  return [...rolePermissions[role], 'own-password'];
}
