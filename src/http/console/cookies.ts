import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A browser takes and sends a cookie of this prefix over TLS alone, and lets no neighbour of the host set it
 * (RFC 6265bis, section 4.1.3.2).
 */
const secured = '__Host-';

/** Cookies of one server. Handlers know them by their names without prefix. */
export interface Cookies {
  /** What the browser sent, in the form that this server sets: over TLS nothing without the prefix. */
  read(request: FastifyRequest): Record<string, string | undefined>;
  set(at: At, name: string, { value, maxAge }: { readonly value: string; readonly maxAge: number }): void;
  clear(at: At, name: string): void;
}

interface At {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Cookies are `Secure` where people open the pages by https, whatever the last proxy speaks, and where a request came by TLS. */
export function cookiesOf(origin: string | undefined): Cookies {
  const isSecure = ({ protocol }: FastifyRequest): boolean =>
    protocol === 'https' || origin?.startsWith('https:') === true;
  const nameOf = (request: FastifyRequest, name: string): string => (isSecure(request) ? `${secured}${name}` : name);
  const formOf = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(request) }) as const;
  return {
    read: (request) => {
      const secure = isSecure(request);
      const sent = Object.entries(request.cookies).filter(([name]) => name.startsWith(secured) === secure);
      return Object.fromEntries(sent.map(([name, value]) => [secure ? name.slice(secured.length) : name, value]));
    },
    set: ({ request, reply }, name, { value, maxAge }) =>
      void reply.setCookie(nameOf(request, name), value, { ...formOf(request), maxAge }),
    clear: ({ request, reply }, name) => void reply.clearCookie(nameOf(request, name), formOf(request)),
  };
}
