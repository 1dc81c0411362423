import { type CallInput, call, type Endpoint, type ReplyOf } from '#http/index.ts';
import type { Identity } from './schema.ts';
import { secureFetch } from './secure-fetch.ts';

/** Calls to the console with the agent's certificate. */
export interface Channel {
  call<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, signal?: AbortSignal): Promise<ReplyOf<E>>;
  identity(): Identity;
  /** From the next call on, on new connections. */
  use(identity: Identity): void;
  close(): void;
}

export function openChannel(first: Identity): Channel {
  let identity = first;
  let secure = secureFetch(first);
  return {
    call: (endpoint, input, signal) =>
      call(endpoint, input, {
        baseUrl: identity.linkUrl,
        fetch: secure.fetch,
        ...(signal === undefined ? {} : { signal }),
      }),
    identity: () => identity,
    use: (next) => {
      const before = secure;
      identity = next;
      secure = secureFetch(next);
      before.close();
    },
    close: () => secure.close(),
  };
}
