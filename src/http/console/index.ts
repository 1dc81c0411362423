export { type ChildPool, openChildPool, type RunOptions } from './child-pool.ts';
export { countBody } from './count-body.ts';
export { type HandlerContext, type Route, route, type Stream, stream, taskRoute } from './route.ts';
export { networkOf } from './limits.ts';
export type { Principal } from './principal.ts';
export { createServer } from './serve.ts';
export type { Credentials, InjectedReply, Server } from './server.ts';
export { guardSockets, type SocketGuard, socketOptions, usualSockets } from './socket-guard.ts';
export type { ServerTls } from './tls.ts';
