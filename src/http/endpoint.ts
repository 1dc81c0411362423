import type { z } from 'zod';

/**
 * What a caller may be allowed to do; roles and tokens are sets of these.
 *
 * - `own-session`: what concerns the caller alone: who am I, sign out
 * - `own-password`: set one's own password; people only, by their session
 * - `read`: what the estate holds and how it stands, within the caller's collections
 * - `publish`: send scans and read their verdicts
 * - `request-exceptions`: ask that a rule does not hold for something
 * - `approve-exceptions`: grant or refuse what another person asked for
 * - `operate`: close incidents, have provenance looked for again; within the caller's collections
 * - `write-rules`: change rules, models, collections and what is trusted
 * - `manage-agents`: make join tokens, revoke agents, connect clusters
 * - `read-audit`: read the audit trail
 * - `administer`: users, tokens, sessions, settings
 * - `report`: tell what a host holds; agents only, by their certificate
 */
export const permissions = [
  'own-session',
  'own-password',
  'read',
  'publish',
  'request-exceptions',
  'approve-exceptions',
  'operate',
  'write-rules',
  'manage-agents',
  'read-audit',
  'administer',
  'report',
] as const;

/** `public` endpoints answer anyone. */
export type Permission = 'public' | (typeof permissions)[number];

/** What concerns the whole estate: nobody may whose view is scoped to collections, whatever the role. */
export const wholePermissions: readonly Permission[] = ['write-rules', 'manage-agents', 'read-audit', 'administer'];

/** What a body may have at most. It is counted while it arrives, before anything is parsed. */
export interface BodyLimits {
  /** After unpacking. */
  readonly bytes: number;
  /** Structural tokens: `{ [ , :` outside strings. */
  readonly tokens: number;
  /** Levels of arrays and objects. */
  readonly depth: number;
}

/** Whether callers are refused whose view is scoped to collections. */
export function needsWholeView({ needs, view }: Pick<Endpoint, 'needs' | 'view'>): boolean {
  return view === 'whole' || wholePermissions.includes(needs);
}

/** One operation of the HTTP API as data: the console serves it, the web and the CLI call it, the reference is made from it. */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below the origin, parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly needs: Permission;
  /** `whole`: only for who sees the whole estate, whatever else he may; nothing of the answer belongs to a collection. */
  readonly view?: 'whole';
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** How large the body may be; unless said, as `limits.ts` says. */
  readonly limits?: BodyLimits;
  /** Status of the answer; 200 unless said. 202: it is done later (RFC 9110, section 15.3.3). */
  readonly status?: 202;
  /** Media types of the files of which one is the answer, in the place of JSON; `reply` is `fileReply`. */
  readonly files?: readonly string[];
  readonly reply: Reply;
}

/** Declares an endpoint; the schemas give handler and caller their types. */
export function endpoint<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Reply extends z.ZodType = z.ZodUndefined,
>(declaration: Endpoint<Params, Query, Body, Reply>): Endpoint<Params, Query, Body, Reply> {
  return declaration;
}

type Sent<Schema extends z.ZodType> = Schema extends z.ZodUndefined ? undefined : z.input<Schema>;
type Received<Schema extends z.ZodType> = Schema extends z.ZodUndefined ? undefined : z.output<Schema>;

/** What a caller hands over. */
export interface CallInput<E extends Endpoint> {
  readonly params: Sent<NonNullable<E['params']>>;
  readonly query: Sent<NonNullable<E['query']>>;
  readonly body: Sent<NonNullable<E['body']>>;
}

/** What a handler receives, checked. */
export interface HandlerInput<E extends Endpoint> {
  readonly params: Received<NonNullable<E['params']>>;
  readonly query: Received<NonNullable<E['query']>>;
  readonly body: Received<NonNullable<E['body']>>;
}

export type ReplyOf<E extends Endpoint> = z.output<E['reply']>;
