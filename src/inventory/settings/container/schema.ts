import { z } from 'zod';
import { type Field, known, missing } from '#base/index.ts';

// Each member is read by itself: one of another type than expected is missing, and the others still count.

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const flag = z.boolean().nullish();
const number = z.int().nullish();
const textMap = z.record(z.string(), z.string()).nullish();
const names = z.record(z.string(), z.unknown()).nullish();
const portMap = z.record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullish()).nullish();

const mount = z.object({
  Type: text,
  Source: text,
  Target: text,
  ReadOnly: flag,
  BindOptions: z.object({ Propagation: text }).nullish(),
  TmpfsOptions: z.object({ SizeBytes: number, Options: z.array(texts).nullish() }).nullish(),
});

/** What is asked of a container that another one joins. */
export const InspectedOther = z.object({ Name: text, Config: z.object({ Labels: textMap }).nullish() });

export const hostConfigMembers = {
  Privileged: flag,
  NetworkMode: text,
  PidMode: text,
  IpcMode: text,
  UsernsMode: text,
  CapAdd: texts,
  CapDrop: texts,
  Binds: texts,
  Mounts: z.array(mount).nullish(),
  VolumesFrom: texts,
  Tmpfs: textMap,
  SecurityOpt: texts,
  CgroupParent: text,
  Sysctls: textMap,
  ReadonlyRootfs: flag,
  PortBindings: portMap,
  PublishAllPorts: flag,
  Links: texts,
  ExtraHosts: texts,
  Memory: number,
  MemorySwap: number,
  NanoCpus: number,
  CpuQuota: number,
  CpuPeriod: number,
  CpuShares: number,
  PidsLimit: number,
  Ulimits: z.array(z.object({ Name: z.string() })).nullish(),
  OomKillDisable: flag,
  OomScoreAdj: number,
  RestartPolicy: z.object({ Name: text, MaximumRetryCount: number }).nullish(),
  LogConfig: z.object({ Type: text }).nullish(),
  Runtime: text,
  GroupAdd: texts,
  DeviceRequests: z.array(z.object({ Driver: text, DeviceIDs: texts })).nullish(),
} as const;

export const configMembers = {
  Env: texts,
  Cmd: z.union([z.string(), z.array(z.string())]).nullish(),
  Entrypoint: z.union([z.string(), z.array(z.string())]).nullish(),
  Labels: textMap,
  ExposedPorts: names,
} as const;

/** Members of an inspected container beside the two above. */
export const stateMembers = {
  State: z.object({ Running: z.boolean(), Health: z.object({ Status: z.string() }).nullish() }).nullish(),
  AppArmorProfile: text,
  ProcessLabel: text,
  NetworkSettings: z.object({ Ports: portMap, Networks: names }).nullish(),
  Mounts: z.array(z.object({ Destination: z.string(), RW: z.boolean(), Propagation: text })).nullish(),
} as const;

export const createMembers = {
  NetworkingConfig: z.object({ EndpointsConfig: names }).nullish(),
} as const;

/** A create request with every key that its readers take, for who looks at keys. */
export const createDocumentForm = z.object({
  ...configMembers,
  ...createMembers,
  HostConfig: z.object(hostConfigMembers).nullish(),
});

export const infoMembers = {
  SecurityOptions: texts,
  DefaultRuntime: text,
  Runtimes: z.record(z.string(), z.object({ path: text })).nullish(),
  LoggingDriver: text,
} as const;

/** Of a runtime's spec beside its settings. */
export const specMembers = {
  root: z.object({ readonly: flag }).nullish(),
  mounts: z.array(z.object({ destination: z.string(), type: text, source: text, options: texts })).nullish(),
  process: z
    .object({
      noNewPrivileges: flag,
      apparmorProfile: text,
      selinuxLabel: text,
      oomScoreAdj: number,
      rlimits: z.array(z.object({ type: z.string() })).nullish(),
      capabilities: z.record(z.string(), texts).nullish(),
      args: texts,
    })
    .nullish(),
  linux: z
    .object({
      sysctl: textMap,
      uidMappings: z.array(z.object({ containerID: z.int(), hostID: z.int(), size: z.int() })).nullish(),
      rootfsPropagation: text,
      resources: z
        .object({
          memory: z.object({ limit: number, swap: number, disableOOMKiller: flag }).nullish(),
          cpu: z.object({ quota: number, period: number, shares: number }).nullish(),
          pids: z.object({ limit: number }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
} as const;

/** A spec with every key that its readers take beside its settings. */
export const specDocumentForm = z.object(specMembers);

type Schemas = Readonly<Record<string, z.ZodType>>;

/** One member of a document, `null` or `undefined` where it is absent. */
export type Member<Value> = Field<Value | null | undefined>;
export type Members<Of extends Schemas> = { readonly [Name in keyof Of]: Member<NonNullable<z.output<Of[Name]>>> };

/**
 * Reads the members of a part of a document; `place` is the part's own name: `HostConfig`. Where the part itself is not
 * there, nothing is known of any of them.
 */
export function readMembers<Of extends Schemas>(part: unknown, schemas: Of, place: string): Members<Of> {
  const members = isObject(part) ? part : undefined;
  const entries = Object.entries(schemas).map(([name, schema]): [string, Field<unknown>] => {
    const at = place === '' ? name : `${place}.${name}`;
    const read = members && schema.safeParse(Object.hasOwn(members, name) ? members[name] : undefined);
    if (read?.success === true) return [name, known(read.data, at)];
    const isAbsent = part === undefined || part === null;
    return [name, missing(isAbsent ? `the document has no ${at}` : `the document’s ${at} is not of the expected type`)];
  });
  return Object.fromEntries(entries) as Members<Of>;
}

/** By hand: a schema would copy each part of each container's document. */
export function isObject(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}

/** A document's members by name, none where it is no object. */
export function partsOf(document: unknown): Readonly<Record<string, unknown>> {
  return isObject(document) ? document : {};
}
