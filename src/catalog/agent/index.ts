export { type ExecutableStore, executablesStamp, openExecutableStore, readExecutables } from './executable-store.ts';
