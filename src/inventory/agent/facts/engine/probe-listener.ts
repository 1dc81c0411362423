import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ApiAnswer, TcpAddress } from '../../../facts/index.ts';

const patience = 3000;
const question = 'GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n';

/** Codes of a server that hung up because it was shown no certificate. */
const refusals = [
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
];

/**
 * How a listener treats someone without a client certificate: a question to it, by TLS and then without. With TLS 1.3 the
 * handshake succeeds before the server refuses, so that only an answer tells. `undefined`: nobody can tell from what it did.
 */
export async function probeListener(listener: TcpAddress): Promise<ApiAnswer['answer'] | undefined> {
  const { port } = listener;
  const host = reachable(listener.address);
  const byTls = await ask(
    // What it is called, and who says so, matters to its clients and not here.
    connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
    'secureConnect',
  );
  if (byTls.kind === 'answered') return 'anyone';
  if (byTls.kind === 'failed' && refusals.includes(byTls.code)) return 'refused';
  const inClear = await ask(connect({ host, port }), 'connect');
  // Servers of Go tell who speaks HTTP to them where they want TLS.
  if (inClear.kind === 'answered' && !/HTTP request to an HTTPS server/.test(inClear.text)) return 'plain';
  return undefined;
}

type Outcome =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'failed'; readonly code: string };

function ask(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<Outcome> {
  return new Promise((resolve) => {
    let text = '';
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => end({ kind: 'failed', code: 'ETIMEDOUT' }), patience);
    socket.once(ready, () => socket.write(question));
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1');
      if (text.length > 1024 || text.includes('\r\n\r\n')) end(outcomeOf(text));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => end({ kind: 'failed', code: error.code ?? '' }));
    socket.once('close', () => end(outcomeOf(text)));
  });
}

function outcomeOf(text: string): Outcome {
  return text.startsWith('HTTP/') ? { kind: 'answered', text } : { kind: 'failed', code: 'ECONNRESET' };
}

/** A wildcard is reached by loopback. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
