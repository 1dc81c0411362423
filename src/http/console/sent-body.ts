import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import { AppError } from '#base/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { issuePath, issueWords } from './issue-words.ts';
import type { Principal } from './principal.ts';
import { task, type Task } from './task.ts';

/** A body that was counted and not parsed yet, as it travels to a child process. */
export interface SentBody {
  /** As sent. */
  readonly bytes: Uint8Array;
  readonly encoding: 'identity' | 'gzip';
  /** Bytes that it has at most when it is unpacked. */
  readonly limit: number;
}

/** What a task makes a handler's body of. */
export interface BodyInput {
  readonly sent: SentBody;
  /** Who sent it; absent on public endpoints. */
  readonly principal?: Principal;
}

/** Throws `AppError` `bad-json` for what is not JSON in UTF-8, or not gzip. */
export function parseSent({ bytes, encoding, limit }: SentBody): unknown {
  try {
    const text = encoding === 'gzip' ? gunzipSync(bytes, { maxOutputLength: Math.max(1, limit) }) : bytes;
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw new AppError('bad-json', 'The body is not valid JSON.', { cause });
  }
}

/** Names the fields and what is wrong with them, never their values: a value may be a secret. */
export function checked(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (schema === undefined) return undefined;
  const result = parsed(schema, value, part);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map((issue) => `${issuePath(part, issue.path)}: ${issueWords(issue)}`);
  throw new AppError('bad-request', `The request does not have the expected form. ${issues.join('; ')}`);
}

/** A value can be nested deeper than a schema that nests itself can follow. */
function parsed(schema: z.ZodType, value: unknown, part: string): z.ZodSafeParseResult<unknown> {
  try {
    return schema.safeParse(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('bad-request', `${part}: it is nested too deep.`, { cause });
  }
}

/** Parses and checks the body of an endpoint by its schema. */
export function bodyTask(endpoint: Endpoint): Task<BodyInput, unknown> {
  return task(`body ${endpoint.method} ${endpoint.path}`, ({ sent }) =>
    checked(endpoint.body, parseSent(sent), 'body'),
  );
}
