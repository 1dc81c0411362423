import { createHash } from 'node:crypto';
import {
  AppError,
  type BoundedJson,
  type Digest,
  type ImageDigest,
  isDiffId,
  isImageDigest,
  oneLine,
  parseJsonWithin,
} from '#base/index.ts';
import { labelsWithoutSecrets, textsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { BuildStep, ImageSubject, Layer, RunSettings } from './contract.ts';
import { ConfigFile } from './schema.ts';

/** What a source knows of an image besides its config. */
export interface ImageOrigin {
  /** As the user wrote it, for messages. */
  readonly target: string;
  /** Digest that the source names for the config, where it names one. */
  readonly configDigest?: string;
  readonly manifestDigest?: string;
  readonly indexDigest?: string;
  readonly names: readonly string[];
  /** Digests of the stored blobs, lowest layer first; missing for blobs that the source does not name by digest. */
  readonly blobDigests: readonly (string | undefined)[];
}

/** Digest of bytes, `sha256:…`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** Makes the subject of a config, without the secrets in it; its digest is checked. Throws `target-corrupt`. */
export function subjectOf(configBytes: Uint8Array, origin: ImageOrigin): ImageSubject {
  const digest = identityOf(configBytes, origin);
  const config = parseConfig(configBytes, origin.target);
  const steps = stepsOf(config);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== origin.blobDigests.length) {
    const message = `The image in ${origin.target} has ${origin.blobDigests.length} layers, its config names ${diffIds.length}.`;
    throw new AppError('target-corrupt', message);
  }
  const layers = diffIds.map((diffId, index) => layerOf(diffId, { index, steps, digest: origin.blobDigests[index] }));
  const created = momentOf(config.created);
  return {
    kind: 'image',
    digest,
    ...(origin.manifestDigest && { manifestDigest: origin.manifestDigest }),
    ...(origin.indexDigest && { indexDigest: origin.indexDigest }),
    platform: {
      os: oneLine(config.os ?? 'unknown', 32),
      architecture: oneLine(config.architecture ?? 'unknown', 32),
      ...(config.variant && { variant: oneLine(config.variant, 32) }),
    },
    ...(created && { created }),
    names: origin.names.slice(0, 1000).map((name) => oneLine(name, 512)),
    layers,
    history: steps,
    settings: settingsOf(config),
  };
}

/** JSON of a config, checked against its schema. Throws `target-corrupt`. */
function parseConfig(bytes: Uint8Array, target: string): ConfigFile {
  return parseJson(bytes, { schema: ConfigFile, target, what: 'config' });
}

interface Expected<Value> {
  readonly schema: { safeParse(value: unknown): { success: boolean; data?: Value } };
  readonly target: string;
  /** What it is, for the message: `manifest`. */
  readonly what: string;
}

/** Of an index, a manifest or a config: an index of 10,000 images has some 200,000 values. */
const documentLimits = { bytes: 32 * 1024 ** 2, tokens: 500_000, depth: 100 };

/** One of an image's own files, or one that a registry answers, counted before anything is made of it. */
export function readJson(bytes: Uint8Array): BoundedJson {
  return parseJsonWithin(bytes, documentLimits);
}

/** Parses one of an image's own files. Throws `target-corrupt` where it is no JSON, has another form, or holds more than
 * such files do. */
export function parseJson<Value>(bytes: Uint8Array, { schema, target, what }: Expected<Value>): Value {
  const read = readJson(bytes);
  if (read.kind !== 'read') {
    const cause = read.kind === 'malformed' ? { cause: read.cause } : {};
    throw new AppError('target-corrupt', `The ${what} in ${target} is not read: ${read.why}.`, cause);
  }
  const parsed = schema.safeParse(read.value);
  if (!parsed.success || parsed.data === undefined) {
    throw new AppError('target-corrupt', `The ${what} in ${target} does not have the form of one.`);
  }
  return parsed.data;
}

function identityOf(bytes: Uint8Array, origin: ImageOrigin): ImageDigest {
  const digest: string = digestOf(bytes);
  if (origin.configDigest !== undefined && origin.configDigest !== digest) {
    const message = `The config in ${origin.target} does not match its digest ${origin.configDigest}.`;
    throw new AppError('target-corrupt', message);
  }
  if (!isImageDigest(digest)) throw new Error('sha256 made no digest');
  return digest;
}

interface LayerFacts {
  readonly index: number;
  readonly steps: readonly BuildStep[];
  readonly digest: string | undefined;
}

function layerOf(diffId: string, { index, steps, digest }: LayerFacts): Layer {
  if (!isDiffId(diffId)) throw new Error(`the schema let ${diffId} pass as a diffID`);
  const createdBy = steps.find((step) => step.layer === index)?.createdBy;
  return {
    index,
    diffId,
    ...(digest && { digest }),
    size: 0,
    ...(createdBy && { createdBy: oneLine(createdBy, 65_536) }),
  };
}

/** History lines that made a layer are counted up; images whose history and layers disagree get no layer numbers. */
function stepsOf(config: ConfigFile): readonly BuildStep[] {
  const history = config.history ?? [];
  const filled = history.filter((step) => step.empty_layer !== true).length;
  const agrees = filled === config.rootfs.diff_ids.length;
  const texts = history.map((step) => step.created_by ?? step.comment ?? '');
  const shown = textsWithoutSecrets(texts, { kind: 'history' });
  let layer = -1;
  return history.map((step, at) => {
    const isEmpty = step.empty_layer === true;
    if (!isEmpty) layer += 1;
    const created = momentOf(step.created);
    return {
      createdBy: (shown[at] ?? '').slice(0, 65_536),
      ...(created && { created }),
      ...(agrees && !isEmpty && { layer }),
    };
  });
}

function settingsOf({ config }: ConfigFile): RunSettings {
  const test = config?.Healthcheck?.Test ?? [];
  const entrypoint = config?.Entrypoint ?? [];
  const words = wordsWithoutSecrets([...entrypoint, ...(config?.Cmd ?? [])]).map((word) => word.slice(0, 65_536));
  return {
    ...(config?.User && { user: oneLine(config.User, 256) }),
    entrypoint: words.slice(0, entrypoint.length),
    command: words.slice(entrypoint.length),
    exposedPorts: Object.keys(config?.ExposedPorts ?? {})
      .slice(0, 4096)
      .map((port) => oneLine(port, 64)),
    ...(config?.WorkingDir && { workingDirectory: oneLine(config.WorkingDir, 4096) }),
    healthcheck: test.length > 0 && test[0] !== 'NONE',
    labels: labelsOf(config?.Labels ?? {}),
  };
}

function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(labelsWithoutSecrets(labels)).filter(([key]) => key.length <= 1024);
  return Object.fromEntries(kept.map(([key, value]) => [key, value.slice(0, 65_536)]));
}

/** RFC 3339 as configs write it; `undefined` for what is none. */
function momentOf(text: string | null | undefined): string | undefined {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text ?? '');
  return isMoment && !Number.isNaN(Date.parse(text ?? '')) ? (text ?? undefined) : undefined;
}
