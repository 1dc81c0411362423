import type { Selectable } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import { type Placement, placementsOf, readContainersOnHost, readHostEnvironments } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { ComplianceTables } from './schema.ts';

/** Where a subject stands. */
type Located = Pick<ComplianceTables['subject'], 'host' | 'kind' | 'id' | 'name'>;

/** Places of one subject; none: nobody knows where it is. */
export async function placesOf(queries: Queries, subject: Located): Promise<readonly Selectable[]> {
  switch (subject.kind) {
    case 'image':
      return imagePlaces(subject, await placementsOf(queries, subject.id as SubjectId));
    case 'container': {
      const place = (await readContainersOnHost(queries, subject.host, [subject.id])).get(subject.id)?.place;
      return place === undefined ? [] : [place];
    }
    default:
      return [await hostPlace(queries, subject.host)];
  }
}

/** What stands on a host itself. */
export async function hostPlace(queries: Queries, host: string): Promise<Selectable> {
  const environment = (await readHostEnvironments(queries, host))?.environment;
  return { host, ...(environment !== undefined && { environment }), images: [], labels: {} };
}

/** An image stands on each host that holds it and in each of its containers; one that lies nowhere, where it was built. */
export function imagePlaces({ name }: Pick<Located, 'name'>, placements: readonly Placement[]): readonly Selectable[] {
  if (placements.length === 0) return [{ images: [name], labels: {} }];
  return placements.flatMap(({ host, environment, names, containers }) => {
    const image = { host, images: names };
    return [
      { ...image, labels: {}, ...(environment !== undefined && { environment }) },
      ...containers.map((container) => {
        const own = container.environment ?? environment;
        return {
          ...image,
          labels: container.labels,
          ...(own !== undefined && { environment: own }),
          ...(container.application !== undefined && { application: container.application }),
        };
      }),
    ];
  });
}
