import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { listPackages, PackageRow } from '../contract.ts';
import { unknownSubject } from './images.ts';
import { explorerSchema } from './schema.ts';
import { containing } from './search.ts';

/** Answers `listPackages`. Throws `not-found`. */
export async function readPackages(
  queries: Queries,
  { params, query }: Pick<HandlerInput<typeof listPackages>, 'params' | 'query'>,
): Promise<{ readonly total: number; readonly packages: readonly PackageRow[] }> {
  const database = queries.query(explorerSchema);
  const image = await database
    .selectFrom('image_row')
    .select('subject')
    .where('subject', '=', params.subject)
    .executeTakeFirst();
  if (image === undefined) throw unknownSubject(params.subject);
  const matching = database
    .selectFrom('package_row')
    .where('subject', '=', params.subject)
    .where((is) =>
      is.and([
        ...(query.search === undefined ? [] : [is('search', 'like', containing(query.search))]),
        ...(query.type === undefined ? [] : [is('type', '=', query.type)]),
        ...(query.layer === undefined ? [] : [is('layer', '=', query.layer)]),
      ]),
    );
  const counted = await matching.select((is) => is.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const rows = await matching.select('package').orderBy('place').limit(query.limit).offset(query.offset).execute();
  return { total: counted.total, packages: rows.map((row) => row.package) };
}
