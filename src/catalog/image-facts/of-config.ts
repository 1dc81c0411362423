import { posix } from 'node:path';
import { byDefault, type Field, type FieldsOf, known, missing, parseJsonWithin } from '#base/index.ts';
import { textsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { EnvironmentVariable, ImageConfigShape, ImageShape, ImageStep, Label } from '../image-shape.ts';
import {
  secretsOfLabels,
  secretsOfSteps,
  secretsOfVariables,
  withoutSecretsInLabels,
  withoutSecretsInSteps,
} from './config-secrets.ts';
import { isRootFileSystem, parseBuildStep } from './build-step.ts';
import { userIdOf } from './of-accounts.ts';
import { steeringVariables } from './steering-variables.ts';
import { ConfigParts, HealthCheck, History, Keys, Text, TextMap, Texts } from './schema.ts';

/** What is known of an image besides its config. */
export interface ConfigContext {
  /** Build steps of the base image, where it is proven; missing: the step that laid down a root file system alone. */
  readonly baseSteps?: number;
  /** When it was pushed to its registry, RFC 3339. */
  readonly pushedAt?: string;
  /** Key of the installation for what stands in the place of secrets; missing: nothing tells equal ones. */
  readonly redactionKey?: Uint8Array;
}

/** Of one config; as much as a source reads of one. */
const limits = { bytes: 32 * 1024 ** 2, tokens: 500_000, depth: 100 };

/** Reads the facts of an image's config (OCI image specification 1.1, "Image Configuration"; Docker's is the same). */
export function imageFactsOfConfig(bytes: Uint8Array | string, context: ConfigContext = {}): FieldsOf<ImageShape> {
  return withoutContent(configFieldsOf(bytes, context));
}

/** The fields that the config alone tells. */
export function configFieldsOf(bytes: Uint8Array | string, context: ConfigContext = {}): FieldsOf<ImageConfigShape> {
  const read = parseJsonWithin(bytes, limits);
  const parsed = ConfigParts.safeParse(read.kind === 'read' ? read.value : undefined);
  return parsed.success && read.kind === 'read' && hasExactKeys(read.value)
    ? configFields(parsed.data, context)
    : unreadConfig;
}

/** The fields of an image of which the config alone is known. */
export function withoutContent(config: FieldsOf<ImageConfigShape>): FieldsOf<ImageShape> {
  const { user } = config;
  const userId = user.kind === 'known' ? userIdOf(user.value) : user;
  return { ...config, ...unreadManifest, ...unreadContent, userId };
}

/** Names of the fields that the config tells. */
export const configFieldNames = (): readonly (keyof ImageConfigShape)[] =>
  Object.keys(unreadConfig) as (keyof ImageConfigShape)[];

const readKeys = new Set([
  ...Object.keys(ConfigParts.shape),
  ...Object.keys(ConfigParts.shape.config.unwrap().unwrap().shape),
  'Test',
]);
const foldedKeys = new Set([...readKeys].map(folded));

/** Engines read keys in any case and the last one wins: `user` beside `User` would say one thing here and another there. */
function hasExactKeys(config: unknown): boolean {
  const inner = objectOf(objectOf(config)['config']);
  const keys = [
    ...Object.keys(objectOf(config)),
    ...Object.keys(inner),
    ...Object.keys(objectOf(inner['Healthcheck'])),
  ];
  return keys.every((key) => readKeys.has(key) || !foldedKeys.has(folded(key)));
}

/** As Go folds keys: the long s and the sign of kelvin are letters to it. */
function folded(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const unread = missing('the config of the image does not have the form of one');
const unreadConfig: FieldsOf<ImageConfigShape> = {
  user: unread,
  environmentSecrets: unread,
  historySecrets: unread,
  labelSecrets: unread,
  steering: unread,
  exposedPorts: unread,
  healthCheck: unread,
  volumes: unread,
  workingDirectory: unread,
  onBuild: unread,
  labels: unread,
  created: unread,
  steps: unread,
  baseLayers: unread,
  platform: unread,
};

const noManifest = missing('the config of an image does not say how its layers are stored');
const unreadManifest = { layerBlobs: noManifest, mismatches: noManifest };

const noContent = missing('the scan is older than the analyzer of file modes');
const noContents = missing('the scan is older than the analyzer of contents');
const noCatalog = missing('the image is not scanned');
const unreadContent = {
  accounts: noContent,
  groups: noContent,
  emptyPasswords: noContent,
  specialModes: noContent,
  fileCapabilities: noContent,
  worldWritable: noContent,
  packageCaches: noContent,
  leftovers: noContent,
  fileSecrets: missing('the scan is older than the search of files for secrets'),
  trustedRoots: noContents,
  modifiedFiles: noContents,
  miners: noContents,
  packed: noContents,
  malware: noContents,
  scripts: noContents,
  release: noCatalog,
  supportEnds: noCatalog,
  packages: noCatalog,
  programs: noCatalog,
};

function configFields(parts: ConfigParts, context: ConfigContext): FieldsOf<ImageConfigShape> {
  const config: NonNullable<ConfigParts['config']> = parts.config ?? {};
  const steps = stepsField(parts.history, context);
  const labels = field(TextMap, { value: config.Labels, at: 'config.Labels', make: labelsOf, none: [] });
  return {
    user: textField(config.User, 'config.User'),
    environmentSecrets: secretsOfVariables(
      field(Texts, { value: config.Env, at: 'config.Env', make: variablesOf, none: [] }),
    ),
    historySecrets: secretsOfSteps(steps),
    labelSecrets: secretsOfLabels(labels),
    steering: field(Texts, { value: config.Env, at: 'config.Env', make: steeringOf, none: [] }),
    exposedPorts: field(Keys, { value: config.ExposedPorts, at: 'config.ExposedPorts', make: portsOf, none: [] }),
    healthCheck: field(HealthCheck, {
      value: config.Healthcheck,
      at: 'config.Healthcheck.Test',
      make: ({ Test }) => wordsWithoutSecrets(Test ?? []),
      none: [],
    }),
    volumes: field(Keys, { value: config.Volumes, at: 'config.Volumes', make: pathsOf, none: [] }),
    workingDirectory: textField(config.WorkingDir, 'config.WorkingDir'),
    onBuild: stepsToComeField(config.OnBuild, 'config.OnBuild'),
    labels: withoutSecretsInLabels(labels, context.redactionKey),
    created: createdField(parts.created, context.pushedAt),
    steps: withoutSecretsInSteps(steps, context.redactionKey),
    baseLayers: steps.kind === 'known' ? known(baseLayersOf(steps.value), 'history') : steps,
    platform: platformField(parts),
  };
}

interface Reading<Parsed, Value> {
  readonly value: unknown;
  readonly at: string;
  readonly make: (parsed: NonNullable<Parsed>) => Value;
  /** What holds where the config leaves it out. */
  readonly none: Value;
}

interface Schema<Parsed> {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: Parsed };
}

function field<Parsed, Value>(schema: Schema<Parsed>, { value, at, make, none }: Reading<Parsed, Value>): Field<Value> {
  const { success, data } = schema.safeParse(value);
  if (!success) return missing(`${at} of the image does not have a form that engines read`);
  return data === undefined || data === null ? byDefault(none, at, 'engine') : known(make(data), at);
}

function textField(value: unknown, at: string): Field<string> {
  return field(Text, { value: value === '' ? undefined : value, at, make: (text) => text, none: '' });
}

/** Build steps of images that are made of this one. */
function stepsToComeField(value: unknown, at: string): Field<readonly string[]> {
  return field(Texts, { value, at, make: (texts) => textsWithoutSecrets(texts, { kind: 'history' }), none: [] });
}

function variablesOf(lines: readonly string[]): readonly EnvironmentVariable[] {
  return lines.map((line) => {
    const equals = line.indexOf('=');
    return equals === -1 ? { name: line, value: '' } : { name: line.slice(0, equals), value: line.slice(equals + 1) };
  });
}

function steeringOf(lines: readonly string[]): readonly EnvironmentVariable[] {
  return variablesOf(lines)
    .filter(({ name }) => steeringVariables.has(name.toUpperCase()))
    .map(({ name, value }) => ({
      name,
      value: textsWithoutSecrets([value], { kind: 'environment', name }).join(''),
    }));
}

/** Engines read `22` as `22/tcp`, and the protocol in any case. */
function portsOf(ports: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(ports).map((port) => (port.includes('/') ? port.toLowerCase() : `${port}/tcp`));
}

function pathsOf(paths: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(paths).map((path) => posix.resolve('/', path));
}

function labelsOf(labels: Readonly<Record<string, string>>): readonly Label[] {
  return Object.entries(labels).map(([name, value]) => ({ name, value }));
}

/** Before it no engine made images: builders that leave the time out write the epoch, or a day in 1980. */
const firstImages = Date.parse('2013-03-01T00:00:00Z');

function createdField(created: unknown, pushedAt: string | undefined): Field<string> {
  const candidates = [
    { at: 'created', time: created },
    { at: 'push to the registry', time: pushedAt },
  ].flatMap(({ at, time }) => {
    const moment = typeof time === 'string' && /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : Number.NaN;
    return moment >= firstImages ? [{ at, moment }] : [];
  });
  const [latest] = candidates.toSorted((one, other) => other.moment - one.moment);
  if (latest === undefined) return missing('the image does not say when it was built, and no push of it is known');
  return known(new Date(latest.moment).toISOString(), latest.at);
}

function platformField({ os, architecture, variant }: ConfigParts): FieldsOf<ImageConfigShape>['platform'] {
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '')
    return missing('the config does not say what the image runs on');
  const value = { os, architecture, ...(typeof variant === 'string' && variant !== '' && { variant }) };
  return known(value, 'os, architecture, variant');
}

function stepsField(value: unknown, { baseSteps }: ConfigContext): Field<readonly ImageStep[]> {
  const { success, data } = History.safeParse(value);
  if (!success) return missing('the history of the image does not have a form that engines read');
  if (data === undefined || data === null || data.length === 0) return missing('the image has no history');
  return known(stepsOf(data, baseSteps), 'history');
}

function stepsOf(history: NonNullable<History>, baseSteps: number | undefined): readonly ImageStep[] {
  const parsed = history.map(({ created_by, comment, empty_layer }) => {
    const createdBy = created_by ?? comment ?? '';
    return { createdBy, ...parseBuildStep(createdBy), isEmpty: empty_layer === true };
  });
  const first = parsed.findIndex(({ isEmpty }) => !isEmpty);
  const bottom = parsed[first];
  const standing = bottom !== undefined && isRootFileSystem(bottom) ? first + 1 : 0;
  return parsed.map((step, at) => ({ ...step, isBase: at < (baseSteps ?? standing) }));
}

function baseLayersOf(steps: readonly ImageStep[]): number {
  return steps.filter(({ isBase, isEmpty }) => isBase && !isEmpty).length;
}
