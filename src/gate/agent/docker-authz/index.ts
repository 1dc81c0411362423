export { startAuthorization } from './start.ts';
export type { AuthorizationPlugin } from './server.ts';
