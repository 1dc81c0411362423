import { referenceFacts } from '#catalog/index.ts';
import { hostPlatform, type Platform } from '#image/index.ts';
import { networkOfContainers } from '#inventory/index.ts';
import type { ComplianceFact } from '../contract.ts';
import type { Round } from './round.ts';
import { deployedNames, type RunningContainer } from './running.ts';
import { InspectedPlatform, type ListedContainer, type ListedNetwork } from './schema.ts';
import type { ReadDocument } from './watch-subjects.ts';

type Subject = ComplianceFact['subject'];

/** Networks and services of the engine. */
export async function engineSubjects(round: Round): Promise<readonly Subject[]> {
  const networks = (await round.networks()).filter(isShared);
  const services = await round.services();
  return [
    ...networks.map(({ Id, Name }): Subject => ({ kind: 'network', id: Id, name: Name })),
    ...services.flatMap(({ name }): readonly Subject[] =>
      name.kind === 'known' ? [{ kind: 'service', id: name.value, name: name.value }] : [],
    ),
  ];
}

/** Names by which images run here. */
export function referenceSubjects(running: readonly RunningContainer[]): readonly Subject[] {
  return deployedNames(running, []).map(({ text }) => ({ kind: 'reference', id: text, name: text }));
}

/** Who meets on a network; `undefined`: the engine has none of that id. */
export async function networkDocuments(round: Round, id: string): Promise<readonly ReadDocument[] | undefined> {
  const isThere = (await round.networks()).some((network) => network.Id === id && isShared(network));
  if (!isThere) return undefined;
  const members = (await round.containers()).filter((container) => runs(container) && isOn(container, id));
  const labelled = members
    .map(({ Id, Names, Labels }) => ({ name: (Names?.[0] ?? Id).replace(/^\//, ''), labels: Labels ?? {} }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return [{ kind: 'containers', fields: { ...networkOfContainers(labelled) } }];
}

/** A service of the swarm; `undefined`: there is none of that name, or this engine no longer manages the swarm. */
export async function serviceDocuments(round: Round, id: string): Promise<readonly ReadDocument[] | undefined> {
  const found = (await round.services()).find(({ name }) => name.kind === 'known' && name.value === id);
  return found && [{ kind: 'service', fields: { ...found } }];
}

/** How an image is named where it runs; `undefined`: nothing runs by that name. */
export async function referenceDocuments(
  round: Round,
  running: readonly RunningContainer[],
  text: string,
): Promise<readonly ReadDocument[] | undefined> {
  const deployed = deployedNames(running, await round.containers()).find((one) => one.text === text);
  if (deployed === undefined) return undefined;
  const host = hostPlatform(process.arch);
  const platforms = await Promise.all(deployed.imageIds.map(async (id) => platformOf(await round.image(id))));
  const known = platforms.filter((platform) => platform !== undefined);
  // Where the tag was moved, two images may run by one name: the one that is not for this host counts.
  const other = known.find(({ architecture, os }) => architecture !== host.architecture || os !== host.os);
  const platform = other ?? (known.length === platforms.length ? known[0] : undefined);
  return [
    { kind: 'reference', fields: { ...referenceFacts(text, { hostPlatform: host, ...(platform && { platform }) }) } },
  ];
}

function platformOf(image: unknown): Platform | undefined {
  const { data } = InspectedPlatform.safeParse(image);
  return data && { os: data.Os, architecture: data.Architecture, ...(data.Variant && { variant: data.Variant }) };
}

/** In the network `none` each container is alone. */
function isShared({ Driver }: ListedNetwork): boolean {
  return Driver !== 'null';
}

function runs({ State }: ListedContainer): boolean {
  return State === 'running' || State === 'paused';
}

function isOn({ NetworkSettings }: ListedContainer, network: string): boolean {
  return Object.values(NetworkSettings?.Networks ?? {}).some((one) => one?.NetworkID === network);
}
