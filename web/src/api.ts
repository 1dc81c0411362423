import { queryOptions } from '@tanstack/react-query';
import { AppError, isAppError, messageOf } from '#base/index.ts';
import { call, download } from '#http/call.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';

/** What a query is known by: the endpoint's path, its parameters, its query. `app/live.ts` finds queries by it. */
export type ReadingKey = readonly [path: string, params: unknown, query: unknown, form?: 'rows'];

/** Calls the console that served this page. Fails with an `AppError`. */
export function ask<E extends Endpoint>(
  endpoint: E,
  input: Partial<CallInput<E>> = {},
  signal?: AbortSignal,
): Promise<ReplyOf<E>> {
  return call(endpoint, input, { baseUrl: '', replies: 'trusted', ...(signal && { signal }) });
}

/** Asks for a file. Fails with an `AppError`. */
export async function askFile<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>): Promise<Uint8Array> {
  return await download(endpoint, input, { baseUrl: '' });
}

/** A query of one endpoint, for `useQuery`, `useQueries` and the router's guard. */
export function reading<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>> = {}) {
  return queryOptions({
    queryKey: [endpoint.path, input.params ?? null, chosen(input.query)] as ReadingKey,
    queryFn: ({ signal }): Promise<ReplyOf<E>> => ask(endpoint, input, signal),
  });
}

/** Rows of a list that the console pages, and how many there are in all. */
export interface Page<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** The query of one page; every list endpoint is brought to the same form, so that one table shows them all. */
export interface PageReading<Row> {
  readonly queryKey: ReadingKey;
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Page<Row>>;
}

/** A query of one page of a list endpoint. */
export function pageReading<E extends Endpoint, Row>(
  endpoint: E,
  input: Partial<CallInput<E>>,
  toPage: (reply: ReplyOf<E>) => Page<Row>,
): PageReading<Row> {
  return {
    queryKey: [endpoint.path, input.params ?? null, chosen(input.query), 'rows'],
    queryFn: ({ signal }) => ask(endpoint, input, signal).then(toPage),
  };
}

/** The fields that have a value, so that one question has one key however it was written. */
function chosen(query: unknown): object | null {
  const fields = Object.entries(Object(query) as object).filter(([, value]) => value !== undefined);
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

/** Whether an error says that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return isAppError(error) && error.code === 'not-signed-in';
}

/** What browsers and Vite say when a part of the pages cannot be fetched (HTML Standard, "HostLoadImportedModule"). */
const notFetched = /preload CSS|dynamically imported module|importing a module script|module script failed/i;

/** Whether a part of the pages did not come: the console is away, or was exchanged for another version. */
export function isMissingPart(error: unknown): boolean {
  return !isAppError(error) && error instanceof Error && notFetched.test(error.message);
}

/** Any failure in the form that pages show. */
export function failureOf(error: unknown): AppError {
  if (isMissingPart(error))
    return new AppError('console-unreachable', 'The console does not answer, so this page could not be loaded.', {
      next: 'Check that the console runs, and start it where it does not. The page loads by itself as soon as it answers.',
    });
  return isAppError(error) ? error : new AppError('internal', messageOf(error), { next: 'Reload the page.' });
}
