import type { Immutable } from '#base/index.ts';
import { type Executable, unpackExecutables } from '#catalog/index.ts';
import { readShownExecutables } from '#catalog/console/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { listExecutables } from '../contract.ts';
import { unknownSubject } from './image-detail.ts';
import { maySee, type Viewer } from './scope.ts';

type Input = Pick<HandlerInput<typeof listExecutables>, 'params' | 'query'> & { readonly principal?: Viewer };

/** Answers `listExecutables`, by path. Throws `not-found` for a subject that nothing speaks for. */
export async function readExecutables(
  queries: Queries,
  { params, query, principal }: Input,
): Promise<Immutable<ReplyOf<typeof listExecutables>>> {
  const spoken = (await maySee(queries, principal, params.subject))
    ? await readShownExecutables(queries, params.subject)
    : undefined;
  if (spoken === undefined) throw unknownSubject(params.subject);
  const { scan, executables } = spoken;
  if (executables === undefined) return { state: 'unknown' };
  const found = unpackExecutables(executables).filter((one) => isAsked(one, query));
  const page = found.slice(query.offset, query.offset + query.limit);
  return { state: 'known', scan, total: found.length, isComplete: executables.isComplete, executables: page };
}

function isAsked(one: Executable, { search = '', kind, layer }: Input['query']): boolean {
  if (kind !== undefined && one.kind !== kind) return false;
  if (layer !== undefined && one.layer !== layer) return false;
  const text = search.toLowerCase();
  const isNamed = one.path.toLowerCase().includes(text) || one.package?.toLowerCase().includes(text) === true;
  return isNamed || one.sha256.startsWith(text) || one.md5.startsWith(text);
}
