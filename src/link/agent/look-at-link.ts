import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '#base/index.ts';
import { linkServerName } from '../contract.ts';
import type { Identity } from './schema.ts';

/** How a console's link answers an agent that says nothing. */
export type LinkLook =
  /** `date`: of its answer, whole seconds. */
  | { readonly kind: 'ours'; readonly date?: string }
  /** Whoever answers does not prove to be the console that the agent joined. `shown`: fingerprint of what it showed. */
  | { readonly kind: 'other'; readonly reason: string; readonly shown?: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** Milliseconds. */
const patience = 8000;

/** Errors of OpenSSL that say that the certificate is not one of the authority's. */
const untrusted: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
]);

/** Shakes hands as the agent would, and asks for nothing. */
export function lookAtLink({ linkUrl, authority, key, certificate }: Identity): Promise<LinkLook> {
  const { promise, resolve } = Promise.withResolvers<LinkLook>();
  const asked = request(`${linkUrl}/`, {
    agent: false,
    method: 'HEAD',
    timeout: patience,
    minVersion: 'TLSv1.3',
    ca: authority,
    servername: linkServerName,
    headers: { host: linkServerName },
    key,
    cert: certificate,
  });
  let shown: string | undefined;
  asked.once('socket', (socket) =>
    socket.once('secureConnect', () => {
      shown = (socket as TLSSocket).getPeerX509Certificate()?.fingerprint256;
    }),
  );
  asked.once('response', ({ headers: { date } }) => {
    asked.destroy();
    resolve({ kind: 'ours', ...(date !== undefined && { date }) });
  });
  asked.once('timeout', () => asked.destroy(new Error('it took too long')));
  asked.once('error', (error: NodeJS.ErrnoException) =>
    resolve(
      untrusted.has(error.code ?? '')
        ? { kind: 'other', reason: messageOf(error), ...(shown !== undefined && { shown }) }
        : { kind: 'silent', reason: messageOf(error) },
    ),
  );
  asked.end();
  return promise;
}
