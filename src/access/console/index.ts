export { type Access, createAccess } from './access.ts';
export type { Parts as AccessParts } from './parts.ts';
export { accessSchema } from './schema.ts';
export type { RandomBytes } from './secret.ts';
export type { NewToken } from './tokens.ts';
