import { isLoopback } from './settings.ts';

/** How much a provider may send in one answer, and how long it may take. */
const longestAnswer = 256 * 1024;
const longestWait = 5000;
/** Statuses whose answers have no body (Fetch Standard, "null body status"). */
const bodiless: readonly number[] = [101, 103, 204, 205, 304];

/** What is asked of the provider, by the library. */
interface Asked {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * `fetch` that follows no redirect, ends after five seconds, reads 256 KiB at most, and speaks TLS, but with a provider on
 * this machine.
 */
export function boundedFetch(issuer: string): (address: string, asked: Asked) => Promise<Response> {
  const here = isLoopback(new URL(issuer));
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    if (url.protocol !== 'https:' && !(here && url.protocol === 'http:' && isLoopback(url)))
      throw new Error(`The provider names ${url.origin}, which is not https.`);
    const signals = [AbortSignal.timeout(longestWait), ...(signal === undefined ? [] : [signal])];
    const response = await fetch(url, {
      method,
      headers,
      body: (body as string | null | undefined) ?? null,
      redirect: 'manual',
      signal: AbortSignal.any(signals),
    });
    const { status, headers: sent } = response;
    const read = await readBounded(response, url);
    return new Response(bodiless.includes(status) ? null : read, { status, headers: sent });
  };
}

async function readBounded({ body }: Response, { origin }: URL): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const part of body ?? []) {
    length += part.length;
    if (length > longestAnswer) throw new Error(`${origin} answers with more than ${longestAnswer / 1024} KiB.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
