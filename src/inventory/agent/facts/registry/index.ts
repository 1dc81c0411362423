export { type Ask, askByFetch } from './ask.ts';
export { collectRegistry } from './collect-registry.ts';
export { connectByTls } from './transport.ts';
