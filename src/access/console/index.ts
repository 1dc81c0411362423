export { type Access, createAccess } from './access.ts';
export { accessSchema } from './schema.ts';
