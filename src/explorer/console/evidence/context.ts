import { silentSince } from '#compliance/index.ts';
import type { SubjectId } from '#base/index.ts';
import {
  type Placement,
  placedSubjects,
  readHosts,
  readPlacements,
  readRunningContainers,
  type RunningContainer,
} from '#inventory/console/index.ts';
import type { Host } from '#inventory/contract.ts';
import type { Queries } from '#store/index.ts';
import type { AnsweredSubject } from '../../evidence/answer.ts';

/** A host, and since when nobody knows how it stands; missing: its agent reports. */
export interface KnownHost {
  readonly name: string;
  readonly host: Host;
  readonly silentSince?: Date;
}

/** What sources answer about hosts. */
export interface HostContext {
  readonly queries: Queries;
  readonly now: Date;
  readonly hosts: readonly KnownHost[];
  /** What runs on them. */
  readonly containers: readonly RunningContainer[];
}

/** What sources answer about images and about the console. */
export interface EstateContext {
  readonly queries: Queries;
  readonly now: Date;
  /** Images by where they lie or run. */
  readonly images: ReadonlyMap<SubjectId, readonly Placement[]>;
  /** Those of which a container runs. */
  readonly running: readonly SubjectId[];
}

/** Answers of one domain about hosts and containers; a plug-in. */
export type HostSource = (context: HostContext) => Promise<readonly AnsweredSubject[]>;

/** Answers of one domain about images and the console; a plug-in. */
export type EstateSource = (context: EstateContext) => Promise<readonly AnsweredSubject[]>;

/** Reads what is known of hosts and of what runs there. */
export async function hostContext(
  queries: Queries,
  { names, now }: { readonly names: readonly string[]; readonly now: Date },
): Promise<HostContext> {
  const hosts = (await readHosts(queries, names)).map((host): KnownHost => {
    const { name, agent } = host;
    const silent = agent.seenAt === undefined ? now : silentSince('host', new Date(agent.seenAt), now);
    if (agent.state === 'live' || agent.state === 'silent')
      return { name, host, ...(silent !== undefined && { silentSince: silent }) };
    return { name, host, silentSince: new Date(agent.seenAt ?? now) };
  });
  return { queries, now, hosts, containers: await readRunningContainers(queries, { hosts: names }) };
}

/** Reads where images lie and run. */
export async function estateContext(queries: Queries, now: Date): Promise<EstateContext> {
  const ids = (await placedSubjects(queries)).filter((subject) => subject.startsWith('sha256:'));
  const images = await readPlacements(queries, ids);
  const running = ids.filter((id) => images.get(id)?.some(({ containers }) => containers.length > 0));
  return { queries, now, images, running };
}

/** The words for a host of which nobody has heard for too long. */
export function silentWords(since: Date): string {
  return `Silent since ${since.toISOString().slice(0, 19).replace('T', ' ')} UTC: see whether the agent of the host runs and reaches the console.`;
}
