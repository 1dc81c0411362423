import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { line, moment, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { AgentState } from '#link/contract.ts';
import { Protection, ProtectionState } from './contract-protection.ts';

export * from './contract-protection.ts';

// What agents report, each the body of a fact of that kind. All state themselves: the newest replaces the older.

/** What a host's scanner is doing right now. */
export const ScanProgress = z.object({ done: z.int().min(0), total: z.int().min(0), current: line(512).optional() });
export type ScanProgress = Immutable<z.infer<typeof ScanProgress>>;

export const Engine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('docker'),
    version: line(64),
    /** Storage driver or snapshotter, `overlay2`, `overlayfs`. */
    driver: line(64),
    /** `docker`: the engine's own image store; `containerd`: the content store of containerd. */
    imageStore: z.enum(['docker', 'containerd']),
    rootFolder: line(4096),
    rootless: z.boolean(),
    /** Of the host, as the engine says it; missing: not known. */
    cgroupVersion: z.enum(['1', '2']).optional(),
  }),
  z.object({ kind: z.literal('none'), reason: line(500) }),
]);
export type Engine = Immutable<z.infer<typeof Engine>>;

/** Fact `host`: the host and its engine. */
export const HostFact = z.object({
  os: line(256),
  kernel: line(256),
  architecture: line(64),
  cpus: z.int().min(1),
  memory: z.int().min(0),
  bootedAt: moment,
  engine: Engine,
  environment: Environment.optional(),
  /**
   * Environments that a container's label `seawall.environment` may choose; none unless the agent's option says so. Those
   * that its join token does not allow have no effect.
   */
  allowEnvironments: z.array(Environment).max(32),
  progress: ScanProgress.optional(),
});
export type HostFact = Immutable<z.infer<typeof HostFact>>;

/** Fact `image`: an image of the engine. `subject` is missing while its content is not known. */
export const ImageFact = z.object({
  /** The engine's id: a config or a manifest digest. */
  id: line(128),
  state: z.enum(['present', 'gone']),
  subject: subjectId.optional(),
  /** With tag; none for a dangling image. */
  names: z.array(line(512)).max(1000),
  /** `name@digest`, as the engine remembers where it was pulled from. Proves nothing. */
  repoDigests: z.array(line(700)).max(1000),
});
export type ImageFact = Immutable<z.infer<typeof ImageFact>>;

export const ContainerState = z.enum(['created', 'running', 'paused', 'restarting', 'exited', 'dead', 'removed']);
export type ContainerState = z.infer<typeof ContainerState>;

/** Fact `container`: one container as the engine describes it, and what of its settings matters. */
export const ContainerFact = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  name: line(255),
  /** `id` is the engine's; `name` as the container was made with. */
  image: z.object({ id: line(128), name: line(512) }),
  subject: subjectId.optional(),
  state: ContainerState,
  createdAt: moment,
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
  exitCode: z.int().optional(),
  command: z.array(line(4096)).max(200),
  labels: z.record(z.string().max(512), z.string().max(4096)),
  /** Chosen by label among those that the agent allows, else the agent's own. */
  environment: Environment.optional(),
  /** As configured: empty is root. */
  user: line(128),
  privileged: z.boolean(),
  readOnlyRoot: z.boolean(),
  capabilities: z.object({ added: z.array(line(64)).max(64), dropped: z.array(line(64)).max(64) }),
  /** Namespaces shared with the host. */
  hostNamespaces: z.array(z.enum(['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'])),
  securityOptions: z.array(line(512)).max(50),
  mounts: z
    .array(
      z.object({
        kind: z.enum(['bind', 'volume', 'tmpfs', 'other']),
        source: z.string().max(4096),
        target: z.string().max(4096),
        writable: z.boolean(),
      }),
    )
    .max(1000),
  ports: z
    .array(
      z.object({
        container: z.int().min(1).max(65_535),
        protocol: z.enum(['tcp', 'udp', 'sctp']),
        /** Where the host listens for it; missing when it is not published. */
        host: z.object({ address: line(64), port: z.int().min(1).max(65_535) }).optional(),
      }),
    )
    .max(5000),
  networks: z.array(line(255)).max(100),
  /**
   * It was gone before the engine could be asked: name, image name, labels and times are known from the engine's events,
   * everything else is empty and says nothing. Never takes the place of a whole one.
   */
  incomplete: z.literal(true).optional(),
});
export type ContainerFact = Immutable<z.infer<typeof ContainerFact>>;

/** Fact `present`: everything that the engine has at this moment. What is not listed is gone. */
export const PresentFact = z.object({
  images: z.array(line(128)).max(100_000),
  containers: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(100_000),
});
export type PresentFact = Immutable<z.infer<typeof PresentFact>>;

/** Fact `use`: files that processes of a container, or of the host itself, have loaded; only those not reported before. */
export const UseFact = z.object({
  container: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  subject: subjectId,
  /** As seen inside the container, canonical across merged `/usr`, no leading slash. */
  files: z.array(z.string().max(4096)).max(20_000),
});
export type UseFact = Immutable<z.infer<typeof UseFact>>;

/** Fact `unscanned`: a target that could not be scanned; `scanned` takes it back. */
export const UnscannedFact = z.object({
  /** The engine's image id, or the target as named. */
  target: line(4096),
  name: line(512),
  state: z.enum(['unscanned', 'scanned']),
  code: line(64),
  reason: line(2000),
});
export type UnscannedFact = Immutable<z.infer<typeof UnscannedFact>>;

/** Fact `subject`: a subject on the host besides the engine's images: its own file system, a folder, an archive. */
export const SubjectFact = z.object({
  subject: subjectId,
  state: z.enum(['present', 'gone']),
  names: z.array(line(512)).max(1000),
});
export type SubjectFact = Immutable<z.infer<typeof SubjectFact>>;

// What people and pages read.

export const Host = z.object({
  /** The agent's name: `pier-1`, `pier-1/blue`. */
  name: line(400),
  environment: Environment.optional(),
  /** Where the environment comes from. */
  environmentFrom: z.enum(['agent', 'collection', 'nowhere']),
  /** A collection that asks for an environment which the join token of the agent does not allow; it changes nothing. */
  refusedCollection: z.object({ collection: line(128), environment: Environment }).optional(),
  agent: z.object({ state: AgentState, version: line(64), seenAt: moment.optional() }),
  /** Whether what is shown of it may be out of date: its agent is away or revoked. */
  stale: z.boolean(),
  facts: HostFact.optional(),
  counts: z.object({
    images: z.int(),
    running: z.int(),
    containers: z.int(),
    unscanned: z.int(),
  }),
});
export type Host = Immutable<z.infer<typeof Host>>;

/** Of one reply. */
export const mostHostsListed = 2_000;

export const listHosts = endpoint({
  method: 'GET',
  path: '/api/v1/hosts',
  summary: 'Hosts and how their agents are',
  needs: 'read',
  query: z.object({
    /** In the host's name, in any case. */
    search: z.string().max(256).optional(),
    limit: z.coerce.number().int().min(1).max(mostHostsListed).default(mostHostsListed),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  reply: z.object({ total: z.int(), hosts: z.array(Host) }),
});

export const Container = ContainerFact.extend({
  host: line(400),
  /** Of the host, overridden as the agent's option allows. */
  environment: Environment.optional(),
  application: line(255).optional(),
  stale: z.boolean(),
  /** Those of `hostNamespaces` that the engine shares with every container unless it is asked otherwise. */
  sharedByDefault: z.array(z.enum(['cgroup'])),
  firstSeenAt: moment,
  changedAt: moment,
  /** Missing: it does not run. */
  protection: Protection.optional(),
});
export type Container = Immutable<z.infer<typeof Container>>;

/** Containers, running ones first, then as `sort` says. */
export const listContainers = endpoint({
  method: 'GET',
  path: '/api/v1/containers',
  summary: 'Containers on all hosts',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    host: line(400).optional(),
    /** `none`: containers that stand in no environment. */
    environment: z.union([Environment, z.literal('none')]).optional(),
    application: line(255).optional(),
    subject: subjectId.optional(),
    /** Those that run (running, paused, restarting), or those that ended. */
    state: z.enum(['up', 'ended']).optional(),
    /** Running containers that are protected so; `not-protected`: unknown, unprotected or in part, by a rule that prevents. */
    protection: z.union([ProtectionState, z.literal('not-protected')]).optional(),
    /** `protection`: those that lack what their rule prevents come first, then the newest. */
    sort: z.enum(['newest', 'protection']).default('newest'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  reply: z.object({ total: z.int(), containers: z.array(Container) }),
});

/** Namespace of the host that a container shares. */
export const HostNamespace = z.enum(['pid', 'network', 'ipc', 'uts', 'user', 'cgroup']);
export type HostNamespace = z.infer<typeof HostNamespace>;
