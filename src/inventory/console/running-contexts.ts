import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { sql } from 'kysely';
import { type ContainerContext, containerContext } from '../container-context.ts';
import type { ContainerFact } from '../contract.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** Running containers of one image, environment and application whose settings are equally dangerous. */
export interface ContainerGroup extends ContainerContext {
  readonly environment?: string;
  readonly application?: string;
  readonly containers: number;
}

/** How a subject runs now, in groups. */
export async function contextsOf(queries: Queries, subject: SubjectId): Promise<readonly ContainerGroup[]> {
  const { rows } = await sql<{ environment: string | null; application: string | null; fact: ContainerFact }>`
    select environment, application, fact from inventory.container
    where subject = ${subject} and up and ${reportedNow('container')}`.execute(queries.query(inventorySchema));
  const groups = rows.map(({ environment, application, fact }) => ({
    ...(environment === null ? {} : { environment }),
    ...(application === null ? {} : { application }),
    ...containerContext(fact),
  }));
  const equal = Map.groupBy(groups, keyOf);
  return [...equal.keys()].toSorted().flatMap((key) => {
    const [first, ...others] = equal.get(key) ?? [];
    return first === undefined ? [] : [{ ...first, containers: 1 + others.length }];
  });
}

function keyOf(group: Omit<ContainerGroup, 'containers'>): string {
  const { environment, application, exposure, escape, user } = group;
  return JSON.stringify([environment, application, exposure, escape, user]);
}
