import { type FieldsOf, known, missing } from '#base/index.ts';
import { sensitivityLabel } from './container/namespaces.ts';

/** A network that an engine keeps for containers. */
export interface NetworkShape {
  /** Containers that are attached to it, by name, with the sensitivity that their labels state. */
  readonly members: readonly NetworkMember[];
}

export interface NetworkMember {
  readonly container: string;
  readonly sensitivity: string;
}

/** A container of a network, with all labels that it has. */
export interface LabelledContainer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A network as its containers' labels tell of it; unknown as long as one of them has none. */
export function networkOfContainers(containers: readonly LabelledContainer[]): FieldsOf<NetworkShape> {
  const unlabelled = containers.find(({ labels }) => (labels[sensitivityLabel] ?? '') === '');
  if (unlabelled !== undefined && containers.length > 1)
    return { members: missing(`the container ${unlabelled.name} has no label ${sensitivityLabel}`) };
  const members = containers.map(({ name, labels }) => ({
    container: name,
    sensitivity: labels[sensitivityLabel] ?? '',
  }));
  return { members: known(members, `Labels.${sensitivityLabel}`) };
}
