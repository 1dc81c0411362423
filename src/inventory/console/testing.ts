import { createHash } from 'node:crypto';
import { isSubjectId, type SubjectId } from '#base/index.ts';
import type { ReportingAgent } from '#link/console/index.ts';
import { unassigned } from '#link/contract.ts';
import type { Store } from '#store/index.ts';
import type { ContainerFact, HostFact, ImageFact } from '../contract.ts';
import { inventoryHandlers } from './handlers.ts';

/** An agent of a host; its id follows from the name, and it may be in its own environment alone, unless told otherwise. */
export function agentOf(
  name: string,
  environment?: string,
  { id = digestHex(name).slice(0, 8), environments = [environment ?? unassigned] }: Partial<ReportingAgent> = {},
): ReportingAgent {
  return { id, name, environments, ...(environment === undefined ? {} : { environment }) };
}

/** Hands facts of one kind to their handler, as the link does. */
export async function reportAs(
  store: Store,
  agent: ReportingAgent,
  reported: {
    readonly kind: keyof typeof inventoryHandlers;
    readonly bodies: readonly unknown[];
    readonly at?: string;
  },
): Promise<void> {
  const { kind, bodies, at = '2026-11-24T12:00:00.000Z' } = reported;
  await store.transaction((transaction) =>
    inventoryHandlers[kind](
      transaction,
      agent,
      bodies.map((body) => ({ at, body })),
    ),
  );
}

/** A subject for each name. */
export function subjectNamed(name: string): SubjectId {
  const id = `sha256:${digestHex(name)}`;
  if (!isSubjectId(id)) throw new Error(id);
  return id;
}

export function hostFact(more: Partial<HostFact> = {}): HostFact {
  return {
    os: 'Debian GNU/Linux 13 (trixie)',
    kernel: '6.12.0',
    architecture: 'x86_64',
    cpus: 2,
    memory: 4_000_000_000,
    bootedAt: '2026-11-24T08:00:00Z',
    engine: { kind: 'none', reason: 'There is none.' },
    allowEnvironments: [],
    ...more,
  };
}

/** An image of this name, whose content is known. */
export function imageFact(name: string, more: Partial<ImageFact> = {}): ImageFact {
  const subject = subjectNamed(name);
  return { id: subject, state: 'present', subject, names: [name], repoDigests: [], ...more };
}

/** A running container of the image of this name, with the settings that an engine gives one by itself. */
export function containerFact(name: string, image: string, more: Partial<ContainerFact> = {}): ContainerFact {
  const subject = subjectNamed(image);
  return {
    id: digestHex(`container ${name}`),
    name,
    image: { id: subject, name: image },
    subject,
    state: 'running',
    createdAt: '2026-11-24T11:00:00Z',
    startedAt: '2026-11-24T11:00:01Z',
    command: ['serve'],
    labels: {},
    user: '',
    privileged: false,
    readOnlyRoot: false,
    capabilities: { added: [], dropped: [] },
    hostNamespaces: [],
    securityOptions: [],
    mounts: [],
    ports: [],
    networks: ['bridge'],
    ...more,
  };
}

function digestHex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
