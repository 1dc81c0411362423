export { type Ask, askByFetch } from './ask.ts';
export { collectRegistry, type RegistryQuestion } from './collect-registry.ts';
export { type ConnectTls, connectByTls } from './transport.ts';
