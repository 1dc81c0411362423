import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import { ownerOfToken } from './tokens.ts';

/** Name of the person behind a caller: their own, or of whoever a token stands for; `undefined` when nobody knows. */
export async function personBehind(queries: Queries, { kind, id, name }: Principal): Promise<string | undefined> {
  switch (kind) {
    case 'user':
      return name;
    case 'token':
      return await ownerOfToken(queries, id);
    case 'agent':
      return undefined;
    default:
      return kind satisfies never;
  }
}
