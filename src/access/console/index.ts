export { type Access, createAccess } from './access.ts';
export { type Author, audit, authorOf, theConsole } from './audit.ts';
export { checkCollections, collectionsChanged, readCollections } from './collections.ts';
export { readRetention } from './retention.ts';
export { accessSchema } from './schema.ts';
export { readTokenWorth, tokenWorthChanged } from './token-worth.ts';
export { ownerOfToken } from './tokens.ts';
export { checkScope, type Writer, writerOf } from './writer.ts';
