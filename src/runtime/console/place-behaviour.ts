import { type ContainerInPlace, readContainersOfSubjects } from '#inventory/console/index.ts';
import { ClaimRefused, type ReadFact } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { BehaviourFact } from '../contract.ts';
import { modelIdOf } from '../model-id.ts';
import { keyOfContainer } from './follow-host.ts';
import { subjectOf } from './dependencies.ts';

/** A report with the place that the console gives it. */
export interface PlacedBehaviour extends ReadFact<BehaviourFact> {
  /** `undefined`: none. */
  readonly environment: string | undefined;
  /** Containers that it is of. */
  readonly containers: readonly ContainerInPlace[];
}

/**
 * Where reports of a host belong: to the environment of the containers that the inventory knows there with this image and
 * this command, whatever the report says. Throws `ClaimRefused` for one of which there are none, or of several environments.
 */
export async function placeBehaviour(
  transaction: Transaction,
  host: string,
  reported: readonly ReadFact<BehaviourFact>[],
): Promise<readonly PlacedBehaviour[]> {
  const subjects = [...new Set(reported.map(({ body }) => subjectOf(body.key.digest)))];
  const known = await readContainersOfSubjects(transaction, host, subjects);
  const byModel = Map.groupBy(known, (container) => {
    const key = keyOfContainer(container);
    return key === undefined ? '' : modelIdOf(key);
  });
  return reported.map((fact) => {
    const containers = named(fact.body, byModel.get(modelIdOf(fact.body.key)) ?? [], host);
    return { ...fact, containers, environment: environmentOf(fact.body, containers, host) };
  });
}

function named(
  { key, containers: ids }: BehaviourFact,
  known: readonly ContainerInPlace[],
  host: string,
): readonly ContainerInPlace[] {
  if (known.length === 0)
    throw new ClaimRefused(
      `${host} reports behaviour of ${key.digest}, and the inventory knows no container there that runs it.`,
      key.digest,
    );
  if (ids === undefined) return known;
  const found = known.filter(({ id }) => ids.includes(id));
  const foreign = ids.find((id) => !found.some((container) => container.id === id));
  if (foreign === undefined) return found;
  throw new ClaimRefused(
    `${host} reports behaviour of container ${foreign.slice(0, 12)}, which does not run ${key.digest} there.`,
    key.digest,
  );
}

function environmentOf(
  { key }: BehaviourFact,
  containers: readonly ContainerInPlace[],
  host: string,
): string | undefined {
  const environments = new Set(containers.map(({ place }) => place.environment));
  const [environment] = environments;
  if (environments.size <= 1) return environment;
  const names = [...environments].map((one) => one ?? 'none').toSorted();
  throw new ClaimRefused(
    `${host} reports behaviour of ${key.digest} without saying of which containers, and they run in ${names.join(' and ')}.`,
    key.digest,
  );
}
