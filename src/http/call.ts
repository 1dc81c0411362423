import { AppError, type ErrorCode, errorCatalogue, messageOf } from '#base/index.ts';
import type { CallInput, Endpoint, ReplyOf } from './endpoint.ts';

/** Where to call, and as whom. `baseUrl` is an origin without trailing slash; empty in a page of the console itself. */
export interface CallOptions {
  readonly baseUrl: string;
  /** API token; a page of the console sends its session cookie instead. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** `trusted`: the pages take what the console that served them has checked. Unless said, a reply is checked here too. */
  readonly replies?: 'trusted';
}

interface LooseInput {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Bodies above this many bytes travel gzip-compressed. */
const compressAbove = 64 * 1024;

/**
 * Calls one operation of the console and gives its reply.
 * Throws `AppError` with the code that the console names, `console-unreachable` when none answers,
 * or the abort reason when `signal` fires. Runs in browsers and in Node.
 */
export async function call<E extends Endpoint>(
  endpoint: E,
  input: Partial<CallInput<E>>,
  options: CallOptions,
): Promise<ReplyOf<E>> {
  const response = await respond(endpoint, input, options);
  const text = await response.text().catch((error: unknown) => unreachable(error, options));
  const reply = parseJson(text);
  if (!response.ok || reply === undefined) throw failureOf(response, reply, options);
  if (options.replies === 'trusted') return reply as ReplyOf<E>;
  const checked = endpoint.reply.safeParse(reply);
  if (checked.success) return checked.data as ReplyOf<E>;
  throw new AppError('internal', 'The reply of the console does not have the agreed form.', {
    next: 'Use the same version of Seawall on both sides.',
    cause: checked.error,
  });
}

/**
 * Calls an operation that answers with a file and gives its content. Throws as `call` does.
 */
export async function download<E extends Endpoint>(
  endpoint: E,
  input: Partial<CallInput<E>>,
  options: CallOptions,
): Promise<Uint8Array> {
  const response = await respond(endpoint, input, options);
  if (!response.ok) throw failureOf(response, parseJson(await response.text()), options);
  return new Uint8Array(await response.arrayBuffer().catch((error: unknown) => unreachable(error, options)));
}

async function respond(endpoint: Endpoint, loose: LooseInput, options: CallOptions): Promise<Response> {
  const url = options.baseUrl + fillPath(endpoint.path, loose.params) + queryText(loose.query);
  return await send(url, await requestOf(endpoint, loose.body, options), options);
}

function fillPath(path: string, params: unknown): string {
  const values = entriesOf(params);
  return path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = values.find(([key]) => key === name)?.[1];
    if (value === undefined) throw new Error(`The path parameter ${name} is missing.`);
    return encodeURIComponent(String(value));
  });
}

function queryText(query: unknown): string {
  const text = new URLSearchParams();
  for (const [key, value] of entriesOf(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) text.append(key, String(one));
    }
  }
  return text.size === 0 ? '' : `?${text}`;
}

function entriesOf(record: unknown): readonly (readonly [string, unknown])[] {
  return typeof record === 'object' && record !== null ? Object.entries(record) : [];
}

async function requestOf(endpoint: Endpoint, body: unknown, options: CallOptions): Promise<RequestInit> {
  const headers: Record<string, string> = { accept: [...(endpoint.files ?? []), 'application/json'].join(', ') };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  const request: RequestInit = { method: endpoint.method, headers, credentials: 'same-origin', redirect: 'error' };
  if (options.signal !== undefined) request.signal = options.signal;
  if (body === undefined) return request;
  headers['content-type'] = 'application/json';
  const text = JSON.stringify(body);
  if (text.length <= compressAbove || typeof CompressionStream === 'undefined') return { ...request, body: text };
  headers['content-encoding'] = 'gzip';
  return { ...request, body: await compress(text) };
}

async function compress(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}

async function send(url: string, request: RequestInit, options: CallOptions): Promise<Response> {
  const fetchNow = options.fetch ?? fetch;
  return fetchNow(url, request).catch((error: unknown) => unreachable(error, options));
}

function unreachable(error: unknown, { baseUrl, signal }: CallOptions): never {
  if (signal?.aborted === true) throw error;
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
  throw new AppError('console-unreachable', `The console ${baseUrl} does not answer: ${reason}`.replace('  ', ' '), {
    cause: error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOf({ status, headers }: Response, reply: unknown, { baseUrl }: CallOptions): AppError {
  const fields = new Map(entriesOf(new Map(entriesOf(reply)).get('error')));
  const code = fields.get('code');
  const message = fields.get('message');
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new AppError(
      'console-unreachable',
      `${baseUrl || 'This address'} answers ${status}, but not as a console does.`,
    );
  }
  const next = fields.get('next');
  const retryAfter = Number(headers.get('retry-after') || Number.NaN);
  return new AppError(isErrorCode(code) ? code : 'internal', message, {
    ...(typeof next === 'string' ? { next } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
