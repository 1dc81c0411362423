import { createHash } from 'node:crypto';
import { AppError, type Clock, systemClock } from '#base/index.ts';
import { call } from '#http/index.ts';
import { type Introduction, join } from '../contract.ts';
import { certificatesIn, fingerprintOf, readJoinSecret } from '../join-secret.ts';
import { findLink } from './find-link.ts';
import { renewalTime, saveIdentity } from './identity.ts';
import type { Identity } from './schema.ts';
import { secureFetch } from './secure-fetch.ts';

export interface JoinOptions {
  /** Of the link, `https://console.example:8084`, or of the pages, `http://console.example:8083`. */
  readonly consoleUrl: string;
  /** `seawall-join_…` */
  readonly token: string;
  readonly stateFolder: string;
  readonly introduction: Introduction;
  readonly clock?: Clock;
}

/**
 * Turns a join token into an identity, and keeps it in the state folder. Nothing is sent before the console showed the
 * authority that the token names. Throws `AppError`: `join-refused`, `agent-exists`, `console-untrusted`,
 * `console-unreachable`, `protocol-unsupported`, `state-unwritable`.
 */
export async function joinConsole(options: JoinOptions): Promise<Identity> {
  const { consoleUrl, token, stateFolder, introduction, clock = systemClock } = options;
  const secret = readJoinSecret(token);
  if (secret === undefined)
    throw new AppError('join-refused', 'The join token is not whole: it looks like seawall-join_….');
  const found = await findLink(consoleUrl, (certificate) => shortHash(certificate) === secret.fingerprint);
  // Made only now and then; the library behind them is loaded then.
  const { makeRequest, newKeyPair, privateKeyText } = await import('../certificates.ts');
  const keys = await newKeyPair();
  const { fetch, close } = secureFetch({ authority: found.authority });
  const body = { ...introduction, token: token.trim(), csr: await makeRequest(keys) };
  const reply = await call(join, { body }, { baseUrl: found.url, fetch }).finally(close);
  const identity: Identity = {
    agent: reply.agent,
    linkUrl: found.url,
    key: privateKeyText(keys),
    certificate: reply.certificate,
    authority: reply.authority,
    renewAfter: renewalTime(clock(), reply.expiresAt),
    expiresAt: reply.expiresAt,
  };
  await saveIdentity(stateFolder, identity);
  return identity;
}

/** The same agent at another address of the same console. Throws as `joinConsole` does. */
export async function moveIdentity(identity: Identity, consoleUrl: string, stateFolder: string): Promise<Identity> {
  const known = certificatesIn(identity.authority).map((one) => fingerprintOf(one, 'base64url'));
  const { url } = await findLink(consoleUrl, (certificate) => known.includes(shortHash(certificate)));
  if (url === identity.linkUrl) return identity;
  const moved = { ...identity, linkUrl: url };
  await saveIdentity(stateFolder, moved);
  return moved;
}

function shortHash(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('base64url');
}
