export {
  type Handle,
  type HandlerContext,
  type Principal,
  type Route,
  type RouteOptions,
  route,
  type Stream,
  type StreamConnection,
  type StreamEvent,
  stream,
} from './route.ts';
export { createServer } from './serve.ts';
export type { Credentials, InjectedReply, InjectedRequest, Server, ServerOptions } from './server.ts';
