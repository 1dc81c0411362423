export { type ChildPool, type ChildPoolOptions, openChildPool, type RunOptions } from './child-pool.ts';
export { type HandlerContext, type Principal, type Route, route, type Stream, stream, taskRoute } from './route.ts';
export { createServer } from './serve.ts';
export type { Credentials, InjectedReply, Server } from './server.ts';
export type { ServerTls } from './tls.ts';
