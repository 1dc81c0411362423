import { type Permission, wholePermissions } from '#http/index.ts';
import { type Role, rolePermissions } from './contract.ts';

/** What a token of a role may do; nothing over the whole estate where it is scoped to collections. */
export function tokenPermissions(role: Role, collections?: readonly string[]): readonly Permission[] {
  const all = rolePermissions[role];
  return collections === undefined ? all : all.filter((one) => !wholePermissions.includes(one));
}

/** What a signed-in user of a role may do: what a token may, and set the own password. */
export function sessionPermissions(role: Role, collections?: readonly string[]): readonly Permission[] {
  return [...tokenPermissions(role, collections), 'own-password'];
}
