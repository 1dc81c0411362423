import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { RegistryCertificate } from '../../../facts/index.ts';
import { type Ask, startOf } from './ask.ts';

/** How a server presents itself by TLS. */
export interface TlsAnswer extends RegistryCertificate {
  /** Whether its chain ends in an authority that this host trusts, and holds now. */
  readonly isTrusted: boolean;
}

/** Speaks TLS to a port: `no-tls` where the server does not, `no-answer` where nobody tells. */
export type ConnectTls = (host: string, port: number) => Promise<TlsAnswer | 'no-tls' | 'no-answer'>;

const patience = 5000;

/** Codes of a server that speaks something else. */
const notTls = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO', 'ERR_SSL_HTTP_REQUEST'];

/** Connects by `node:tls`, trusting the authorities of this host and, if given, one more. */
export function connectByTls(authority?: string): ConnectTls {
  return (host, port) =>
    new Promise((resolve) => {
      const socket = connect({
        host,
        port,
        // Who it is and whether it is trusted are two questions; old protocols are to be seen, not refused.
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        minVersion: 'TLSv1',
        ...(isIP(host) === 0 && { servername: host }),
        ...(authority !== undefined && { ca: authority }),
      });
      const end = (answer: TlsAnswer | 'no-tls' | 'no-answer') => {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer);
      };
      const timer = setTimeout(() => end('no-answer'), patience);
      socket.once('error', (error: NodeJS.ErrnoException) =>
        end(notTls.includes(error.code ?? '') ? 'no-tls' : 'no-answer'),
      );
      socket.once('secureConnect', () => end(presented(socket, host)));
    });
}

/** Whatever a stranger's certificate holds must not throw here: nobody could catch it. */
function presented(socket: TLSSocket, host: string): TlsAnswer | 'no-answer' {
  try {
    const certificate = socket.getPeerCertificate();
    const end = Date.parse(certificate.valid_to);
    return {
      isTrusted: socket.authorized,
      protocol: socket.getProtocol() ?? 'unknown',
      // One whose end is no date holds at no time.
      validTo: new Date(Number.isNaN(end) ? 0 : end).toISOString(),
      namesHost: checkServerIdentity(host, certificate) === undefined,
    };
  } catch {
    return 'no-answer';
  }
}

/** Whether a registry answers there without TLS; one that only sends on to TLS does not. `undefined`: nobody answers. */
export async function answersInClear(ask: Ask, host: string, port: number): Promise<boolean | undefined> {
  try {
    const response = await ask(`http://${bracketed(host)}:${port}/v2/`, { method: 'GET', headers: {} });
    const text = await startOf(response, 1024).catch(() => '');
    if (/HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port/i.test(text)) return false;
    if (response.status >= 300 && response.status < 400)
      return !(response.headers.get('location') ?? '').startsWith('https:');
    return response.status === 200 || response.status === 401 || response.status === 403;
  } catch {
    return undefined;
  }
}

/** `::1` → `[::1]` */
function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
