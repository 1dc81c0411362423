import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { RandomBytes } from './secret.ts';

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one queue. */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltLength = 16;
const derive = promisify(argon2);

/** `$argon2id$v=19$m=…,t=…,p=…$salt$tag` (PHC string format). */
export async function hashPassword(password: string, random: RandomBytes): Promise<string> {
  const salt = random(saltLength);
  const tag = await tagOf(password, salt, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** Without a stored password it takes the same time and fails, so that answers do not tell which names exist. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const dependencies = parse(stored ?? '');
  const tag = await tagOf(password, dependencies?.salt ?? Buffer.alloc(saltLength), dependencies?.cost ?? cost);
  return dependencies !== undefined && timingSafeEqual(tag, dependencies.tag);
}

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]{43})$/;

function parse(stored: string): { readonly cost: Cost; readonly salt: Buffer; readonly tag: Buffer } | undefined {
  const [, memory, passes, parallelism, salt = '', tag = ''] = form.exec(stored) ?? [];
  if (memory === undefined) return undefined;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function tagOf(password: string, salt: Buffer, { memory, passes, parallelism }: Cost): Promise<Buffer> {
  return derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    parallelism,
    tagLength,
    memory,
    passes,
  }) as Promise<Buffer>;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
