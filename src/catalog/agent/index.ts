export { type ExecutableStore, openExecutableStore, readExecutables } from './executable-store.ts';
