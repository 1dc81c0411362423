import { rolePermissions, type User } from '#access/contract.ts';

/** Roles of people; `ci` is for tokens only. */
export const userRoles: readonly (readonly [User['role'], string])[] = Object.keys(rolePermissions)
  .filter((role): role is User['role'] => role !== 'ci')
  .map((role) => [role, role] as const);
