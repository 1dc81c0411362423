import type { SubjectId } from '#base/index.ts';
import { readSameRepository } from '#provenance/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';
import { isKeptUnchanged, isOfLayers } from '../inherited.ts';
import { readApproved, type ScopedException } from './approved-exceptions.ts';
import { type BuiltOn, readBuiltOn } from './bases.ts';
import { checkExceptionsChanged } from './facts.ts';

/** Images that one exception holds for at most, because they are built on one that it names. */
const mostHeirs = 100;
/** The same for other versions of one. */
const mostVersions = 100;
const ofImages: ReadonlySet<string> = new Set(checks.image.map(({ id }) => id));
/** Facts of which another version may hold something else at the same place, and be said in the same words. */
const contents: ReadonlySet<string> = new Set([
  'environmentSecrets',
  'argumentSecrets',
  'labelSecrets',
  'historySecrets',
  'fileSecrets',
  'malware',
]);
const carriedChecks: ReadonlySet<string> = new Set(
  [...checks.image, ...checks.container]
    .filter(
      ({ needs }: Pick<About, 'id'> & { readonly needs: readonly string[] }) =>
        !needs.some((name) => contents.has(name)),
    )
    .map(({ id }) => id),
);
const unchanged: ReadonlySet<string> = new Set(checks.image.filter(isKeptUnchanged).map(({ id }) => id));

/** The same exceptions once more, for what is built on an image that one names. */
export async function carriedToHeirs(
  queries: Queries,
  held: readonly ScopedException[],
): Promise<readonly ScopedException[]> {
  const ofBases = held.filter(({ check, images }) => images !== undefined && unchanged.has(check));
  const builtOn = await readBuiltOn(queries, [...new Set(ofBases.flatMap(({ images = [] }) => images))]);
  return ofBases.flatMap((one) => {
    const { name: _, images = [], ...exception } = one;
    const all = images.flatMap((image) => builtOn.get(image) ?? []);
    // What one image of the name has in its layers says nothing of what is built on another.
    const heirs = [...new Set(all.filter((heir) => isInBase(one, heir)).map(({ image }) => image))];
    return heirs.length === 0 ? [] : [{ ...exception, images: heirs.slice(0, mostHeirs) }];
  });
}

function isInBase({ values }: ScopedException, { depth }: BuiltOn): boolean {
  return values.every((value) => isOfLayers(value, depth));
}

/**
 * The same exceptions once more, for other versions of an image that one names: images that are proven to come from the
 * repository where that one comes from. Names are anybody's to give, so they alone carry nothing. Not of secrets and malware:
 * their values do not tell one from another.
 */
export async function carriedToVersions(
  queries: Queries,
  held: readonly ScopedException[],
): Promise<readonly ScopedException[]> {
  const named = held.filter(({ check, images }) => images !== undefined && carriedChecks.has(check));
  const images = [...new Set(named.flatMap((one) => one.images ?? []))].map((image) => image as SubjectId);
  if (images.length === 0) return [];
  const versions = await readSameRepository(queries, images);
  return named.flatMap((one) => {
    const own = new Set(one.images);
    const others = new Set([...own].flatMap((image) => versions.get(image as SubjectId) ?? []));
    const carried = [...others].filter((image) => !own.has(image)).slice(0, mostVersions);
    if (carried.length === 0) return [];
    const { name, ...exception } = one;
    // Of an image the proven repository is its name, whatever its tag; a container keeps its own.
    const isImage = ofImages.has(one.check) || name === undefined;
    return [{ ...exception, ...(!isImage && { name }), images: carried }];
  });
}

/** Says that exceptions changed which name an image, or are carried to it, of which something else is proven now. */
export async function announceCarried(
  transaction: Transaction,
  { subject, now }: { readonly subject: SubjectId; readonly now: Date },
): Promise<void> {
  const held = await readApproved(transaction, now);
  const concerned = [...held, ...(await carriedToVersions(transaction, held))].filter(({ images = [] }) =>
    images.includes(subject),
  );
  for (const exception of new Set(concerned.map(({ id }) => id)))
    await transaction.announce(checkExceptionsChanged, { exception });
}
