/** What a request asks for, as Go's router and form values take it. */
export interface RequestTarget {
  /** Decoded once, without the version: `/containers/create`. */
  readonly path: string;
  /** The first value of each key. */
  readonly query: ReadonlyMap<string, string>;
}

export type ReadTarget =
  | { readonly kind: 'read'; readonly target: RequestTarget }
  | { readonly kind: 'refused'; readonly why: string };

/** Keys of which Docker's command line gives several. */
const mayRepeat: readonly string[] = ['changes', 't', 'names', 'images'];

/** What only looks may say its path and query in more ways. */
export type Manner = 'looks' | 'changes';

/** Refuses whatever could be another address to the engine than to us. */
export function readTarget(uri: string, manner: Manner): ReadTarget {
  const [rawPath = '', ...queries] = uri.split('?');
  if (!rawPath.startsWith('/')) return refused('its address is not a path');
  if (uri.includes('#')) return refused('its address has a fragment');
  if (manner === 'changes' && /%2f/i.test(rawPath)) return refused('its path has an escaped slash');
  const decoded = decode(rawPath);
  if (decoded === undefined) return refused('its path has an escape that says nothing');
  const segments = decoded.split('/').slice(1);
  if (segments.some((part) => part === '' || part === '.' || part === '..')) return refused('its path is not plain');
  if (!isPrintable(decoded)) return refused('its path has control characters');
  const query = readQuery(queries.join('?'), manner);
  if (typeof query === 'string') return refused(query);
  const path = /^v1\.[0-9]{1,3}$/.test(segments[0] ?? '') ? `/${segments.slice(1).join('/')}` : decoded;
  return { kind: 'read', target: { path, query } };
}

function refused(why: string): ReadTarget {
  return { kind: 'refused', why };
}

/** A text says why not. */
function readQuery(text: string, manner: Manner): ReadonlyMap<string, string> | string {
  const query = new Map<string, string>();
  if (manner === 'changes' && text.includes(';')) return 'its query has a semicolon';
  for (const part of text.split('&').filter((one) => one !== '' && !one.includes(';'))) {
    const cut = part.indexOf('=');
    const key = decode((cut < 0 ? part : part.slice(0, cut)).replaceAll('+', ' '));
    const value = decode((cut < 0 ? '' : part.slice(cut + 1)).replaceAll('+', ' '));
    if (key === undefined || value === undefined) {
      if (manner === 'changes') return 'its query has an escape that says nothing';
      continue;
    }
    if (!query.has(key)) query.set(key, value);
    else if (manner === 'changes' && !mayRepeat.includes(key)) return `its query says ${JSON.stringify(key)} twice`;
  }
  return query;
}

/** `undefined` for a broken escape, or bytes that are no UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}
