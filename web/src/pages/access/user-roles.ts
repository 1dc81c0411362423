import { type User, User as UserSchema } from '#access/contract.ts';

/** Roles of people; `ci` is for tokens only. */
export const userRoles: readonly (readonly [User['role'], string])[] = UserSchema.shape.role.options.map(
  (role) => [role, role] as const,
);
