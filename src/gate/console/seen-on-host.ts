import { isSubjectId } from '#base/index.ts';
import { readContainersOfSubjects, readContainersOnHost, readImageNames, type View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { BreakGlassFact, RoguesFact } from '../contract.ts';

type Rogues = RoguesFact['rogues'];

interface Asked {
  readonly place: { readonly host: string; readonly environment?: string };
  readonly view: View;
}

/** Rogues of a host that the caller may see: a host is seen for one container on it, and holds those of others. */
export async function seenRogues(queries: Queries, { place, view }: Asked, all: Rogues): Promise<Rogues> {
  if (view === undefined || all.length === 0) return all;
  const ids = all.map(({ container }) => container);
  const containers = await readContainersOnHost(queries, place.host, ids);
  return all.filter(({ container, image }) => {
    // What the inventory says comes first; of a container that it does not know there is what the agent says.
    return view(containers.get(container)?.place ?? { ...place, images: [image], labels: {} });
  });
}

/** What root of a host let start, as far as the caller may see the image or a container of it there. */
export async function seenBreakGlass(
  queries: Queries,
  { place, view }: Asked,
  all: readonly BreakGlassFact[],
): Promise<readonly BreakGlassFact[]> {
  if (view === undefined) return all;
  const seen = new Map<string, boolean>();
  for (const { digest } of all)
    if (!seen.has(digest)) seen.set(digest, await isImageSeen(queries, { place, view }, digest));
  return all.filter(({ digest }) => seen.get(digest));
}

async function isImageSeen(
  queries: Queries,
  { place, view }: Asked & { readonly view: NonNullable<View> },
  digest: string,
): Promise<boolean> {
  if (!isSubjectId(digest)) return view({ ...place, images: [], labels: {} });
  const images = (await readImageNames(queries, digest)).flat();
  if (view({ ...place, images, labels: {} })) return true;
  return (await readContainersOfSubjects(queries, place.host, [digest])).some((one) => view(one.place));
}
