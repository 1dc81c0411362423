import { createHash } from 'node:crypto';
import { Server as HttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/** Who the server is, and whose certificates it takes from callers. A caller without one is served what is public. */
export interface ServerTls {
  /** PEM. */
  readonly key: string;
  /** PEM: the server's own certificate, then what leads to its authority. */
  readonly certificate: string;
  /** PEM: authorities of the callers' certificates. */
  readonly authorities: readonly string[];
}

/** TLS 1.3 alone. A certificate that no authority issued is not refused here: it counts as none. */
export function secureOptions({ key, certificate, authorities }: ServerTls): HttpsOptions {
  return {
    key,
    cert: certificate,
    ca: [...authorities],
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
  };
}

/** DER of the certificate that the other side showed and proved to hold, when one of the authorities issued it. */
export function certificateOf(socket: unknown): Buffer | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.raw;
}

/** What can be done to connections that are open. */
export interface SecureConnections {
  /** From now on new connections meet this. */
  renew(tls: ServerTls): void;
  /** Ends those whose certificate has this fingerprint, SHA-256 in hex; without one, those of every certificate. */
  end(fingerprint?: string): void;
}

export function secureConnections(app: FastifyInstance): SecureConnections {
  const sockets = new Set<TLSSocket>();
  app.server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    renew: (tls) => {
      if (app.server instanceof HttpsServer) app.server.setSecureContext(secureOptions(tls));
    },
    end: (fingerprint) => {
      for (const socket of sockets) {
        const certificate = certificateOf(socket);
        if (certificate === undefined) continue;
        if (fingerprint === undefined || fingerprint === fingerprintOf(certificate)) socket.destroy();
      }
    },
  };
}

function fingerprintOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('hex');
}
