import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '#base/index.ts';
import { failureBody } from './failure.ts';

/**
 * Answers what is no HTTP that Node can read (`clientError` of `node:http`) as other refusals are answered, and closes
 * the connection: nobody knows where the next request would begin. Nothing of the request is repeated or logged.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || isOfTls(error.code) || !socket.writable) return void socket.destroy();
  const failure = refusalOf(error.code);
  const body = JSON.stringify(failureBody(failure, randomUUID()));
  const head = [
    `HTTP/1.1 ${failure.status} Refused`,
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** A failed handshake: there is nothing yet that an answer could travel through. */
function isOfTls(code: string | undefined): boolean {
  return code?.startsWith('ERR_SSL_') === true || code?.startsWith('ERR_TLS_') === true;
}

function refusalOf(code: string | undefined): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('too-large', 'The headers of the request are too large.', {
        next: 'Send fewer or shorter headers.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('bad-request', 'The request did not arrive in time.', { next: 'Send it again.' });
    default:
      return new AppError('bad-request', 'This is no request that HTTP allows.', { next: 'Send an HTTP/1.1 request.' });
  }
}
