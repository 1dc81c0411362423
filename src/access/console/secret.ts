import { createHash } from 'node:crypto';

/** So many random bytes, from a source that cannot be foretold. */
export type RandomBytes = (size: number) => Buffer;

/** 256 random bits as base64url, 43 characters; nobody can guess one, so a plain hash protects it. */
export function newSecret(random: RandomBytes): string {
  return random(32).toString('base64url');
}

/** What is stored of a secret. Finding it by its hash tells by timing nothing about the secret itself. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
