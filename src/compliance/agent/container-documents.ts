import { readContainerState, unparsed } from '#inventory/agent/index.ts';
import {
  type Around,
  containerOfInspect,
  containerOfProcesses,
  otherContainer,
  type Surroundings,
  withFacts,
  withProcesses,
} from '#inventory/index.ts';
import { effectiveDocument } from '../join.ts';
import { listAt, numberAt, textAt } from './members.ts';
import type { Round } from './round.ts';
import type { ReadDocument } from './watch-subjects.ts';

/** What the engine configured and, of one that runs, what is in effect. */
export async function containerDocuments(round: Round, id: string): Promise<readonly ReadDocument[] | undefined> {
  const inspected = await round.ask(`/containers/${encodeURIComponent(id)}/json`, unparsed);
  if (inspected === undefined) return undefined;
  const fields = await containerOfInspect(inspected, await aroundOf(round, inspected));
  const pid = numberAt(inspected, ['State', 'Pid']);
  const configured = { kind: 'inspect', fields };
  if (pid === undefined || pid <= 0) return [configured];
  const seen = readContainerState(pid, await round.processes());
  // It has ended since the engine answered.
  if (seen.cgroup.uidMap === undefined) return [configured];
  return [configured, { kind: effectiveDocument, fields: withProcesses(fields, containerOfProcesses(seen)) }];
}

async function aroundOf(round: Round, inspected: unknown): Promise<Around> {
  return {
    view: round.view,
    facts: withFacts(round.facts, await learned(round, inspected), 'engine and host'),
    other: async (container) => {
      const found = await round.ask(`/containers/${encodeURIComponent(container)}/json`, unparsed);
      return found === undefined ? undefined : otherContainer(found, container);
    },
  };
}

/** What its image and the folders that lead to its mounts say. */
async function learned(round: Round, inspected: unknown): Promise<Partial<Surroundings>> {
  const image = await round.image(textAt(inspected, ['Image']) ?? '');
  const environment = listAt(image, ['Config', 'Env']).filter((entry) => typeof entry === 'string');
  const sources = listAt(inspected, ['Mounts']).flatMap((mount) =>
    textAt(mount, ['Type']) === 'bind' ? (textAt(mount, ['Source']) ?? []) : [],
  );
  const loosePaths = await round.loosePaths(sources);
  return {
    imagePresent: image !== undefined,
    ...(image !== undefined && { imageEnvironment: environment }),
    ...(loosePaths !== undefined && { loosePaths }),
  };
}
