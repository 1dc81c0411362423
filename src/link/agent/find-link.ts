import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { AppError, messageOf } from '#base/index.ts';
import { call } from '#http/index.ts';
import { getLink, linkServerName } from '../contract.ts';

/** A console that proved itself. */
export interface FoundLink {
  /** Origin to dial. */
  readonly url: string;
  /** PEM of the authority that was asked for. */
  readonly authority: string;
}

const patience = 15_000;

/**
 * Where the console with this authority takes agents. `address` is the link's own, or that of the console's pages, which
 * then say the port. Nothing but the TLS handshake is sent to a link before its authority was seen. Throws `AppError`:
 * `usage`, `console-unreachable`, `console-untrusted`.
 */
export async function findLink(address: string, isAuthority: (certificate: Buffer) => boolean): Promise<FoundLink> {
  const url = parse(address);
  if (url.protocol === 'https:') {
    const authority = (await shownBy(url)).find(({ raw }) => isAuthority(raw));
    if (authority !== undefined) return { url: url.origin, authority: String(authority) };
  }
  const link = new URL(`https://${url.hostname}`);
  link.port = String(await portBehind(url));
  const authority = (await shownBy(link)).find(({ raw }) => isAuthority(raw));
  if (authority === undefined) throw untrusted(link.origin);
  return { url: link.origin, authority: String(authority) };
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new AppError('usage', `The console's address ${address} is not like https://console.example:8084.`);
}

/** Asked of the pages. A link that is not the one looked for does not answer this in a way that counts. */
async function portBehind(url: URL): Promise<number> {
  try {
    return (await call(getLink, {}, { baseUrl: url.origin, signal: AbortSignal.timeout(patience) })).port;
  } catch (cause) {
    if (url.protocol === 'https:') throw untrusted(url.origin, cause);
    if (cause instanceof AppError) throw cause;
    throw new AppError('console-unreachable', `The console ${url.origin} does not answer in time.`, { cause });
  }
}

function untrusted(origin: string, cause?: unknown): AppError {
  return new AppError('console-untrusted', `${origin} does not show the authority that the join token names.`, {
    cause,
  });
}

/** The certificates that whoever listens there shows. */
function shownBy(url: URL): Promise<readonly X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(url.port || 443),
      servername: linkServerName,
      minVersion: 'TLSv1.3',
      // Nothing is sent here; who is trusted is decided by what is shown.
      rejectUnauthorized: false,
      timeout: patience,
    });
    const give = (error: Error): void => {
      socket.destroy();
      reject(
        new AppError('console-unreachable', `The console ${url.origin} does not answer: ${messageOf(error)}`, {
          cause: error,
        }),
      );
    };
    socket.once('error', give);
    socket.once('timeout', () => give(new Error('it took too long')));
    socket.once('secureConnect', () => {
      const chain = chainOf(socket.getPeerX509Certificate());
      socket.destroy();
      resolve(chain);
    });
  });
}

const longestChain = 8;

function chainOf(first: X509Certificate | undefined): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let one = first; one !== undefined && chain.length < longestChain; one = one.issuerCertificate) {
    if (chain.at(-1)?.fingerprint256 === one.fingerprint256) break;
    chain.push(one);
  }
  return chain;
}
