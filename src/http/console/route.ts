import type { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import type { Endpoint, HandlerInput, Permission } from '../endpoint.ts';
import type { BodyInput } from './sent-body.ts';
import type { Task } from './task.ts';
import type { Principal } from './principal.ts';

/** What every handler is told besides its checked input. */
export interface HandlerContext {
  /** Absent only on `public` endpoints. */
  readonly principal?: Principal;
  readonly request: {
    readonly ip: string;
    /** Those that `setCookie` set. Never log them. */
    readonly cookies: Readonly<Record<string, string | undefined>>;
    /** UUID; it is in the log and in the body of an error. */
    readonly requestId: string;
    /** Fires when the caller goes away before the reply, and when the server closes. */
    readonly signal: AbortSignal;
  };
  readonly reply: {
    /** HttpOnly, SameSite=Strict, for the whole origin; `Secure` and `__Host-` where the origin is https or the request came over TLS. */
    setCookie(name: string, value: string, maxAgeSeconds: number): void;
    clearCookie(name: string): void;
  };
}

/** Answers one endpoint. The returned value is checked against the reply schema before it is sent. */
export type Handle<E extends Endpoint> = (
  input: HandlerInput<E> & HandlerContext,
) => Promise<Immutable<z.input<E['reply']>>>;

export interface RouteOptions {
  /** At most so many requests of one address in so many seconds; more are answered `too-many-requests`. */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number };
}

/** An endpoint joined to its handler, as `createServer` takes it. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly handle: (input: HandlerContext & Record<'params' | 'query' | 'body', unknown>) => Promise<unknown>;
  readonly options: RouteOptions;
  /** Turns the body into what the handler gets, in a child process when it is large; else the endpoint's schema does. */
  readonly task?: Task<BodyInput, unknown>;
}

export function route<E extends Endpoint>(endpoint: E, handle: Handle<E>, options: RouteOptions = {}): Route {
  return { endpoint, handle: handle as unknown as Route['handle'], options };
}

/** As `route`, for a body that is turned into something else by a task, which the child's program lists too. */
export function taskRoute<E extends Endpoint, Body>(
  endpoint: E,
  task: Task<BodyInput, Body>,
  handle: (
    input: Omit<HandlerInput<E>, 'body'> & { readonly body: Body } & HandlerContext,
  ) => Promise<Immutable<z.input<E['reply']>>>,
): Route {
  return { endpoint, task, handle: handle as unknown as Route['handle'], options: {} };
}

/** One server-sent event (HTML Standard, section 9.2). `data` is sent as JSON. */
export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: object;
}

/** One open page that listens. */
export interface StreamConnection {
  readonly principal?: Principal;
  /** The `Last-Event-ID` of a page that connects again. */
  readonly lastEventId?: string;
  readonly query: Readonly<Record<string, string>>;
  /** Fires when the page goes away, signs out, reads too slowly, or the server closes. */
  readonly signal: AbortSignal;
  send(event: StreamEvent): void;
}

/** A live stream of server-sent events. */
export interface Stream {
  readonly path: string;
  readonly needs: Permission;
  readonly open: (connection: StreamConnection) => Promise<void>;
}

/** `open` is called once a page connects; it subscribes, and stops when `connection.signal` fires. */
export function stream(path: string, needs: Permission, open: Stream['open']): Stream {
  return { path, needs, open };
}
