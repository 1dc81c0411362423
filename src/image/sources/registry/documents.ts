import { AppError, digestPattern } from '#base/index.ts';
import { digestOf, parseJson } from '../../subject.ts';
import type { Registry } from './client.ts';
import { AnyManifest, ReferrersFile } from './schema.ts';
import { readBody } from './send.ts';

/** A manifest or index as it is stored. */
export interface RegistryDocument {
  /** Of the bytes. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** The distribution specification lets registries refuse larger ones. */
const longestManifest = 4 * 1024 * 1024;
/** Of what belongs to a manifest: cosign's holds a certificate and a log entry, some KB, for each signature. */
const longestAttached = 1024 * 1024;
const longestDocument = 32 * 1024 * 1024;

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/**
 * A manifest by tag or digest; `undefined` where the repository has none. Throws `target-corrupt` where what comes does
 * not match the digest, and as `Registry.ask`.
 */
export async function fetchManifest(
  registry: Registry,
  reference: string,
  limit = longestManifest,
): Promise<RegistryDocument | undefined> {
  const whole = registry.access.patience.document;
  const answer = await registry.ask(`manifests/${reference}`, { accept: manifestTypes, whole });
  if (answer.statusCode === 404) return void answer.destroy();
  const bytes = await readBody(answer, limit, `The manifest ${reference} of ${registry.repository}`);
  const digest = digestOf(bytes);
  if (digestPattern.test(reference) && digest !== reference) throw otherContent(registry, reference);
  return { digest, bytes };
}

/** A small blob, such as a config, checked against its digest. `undefined` where there is none. Throws as `fetchManifest`. */
export async function fetchDocument(
  registry: Registry,
  digest: string,
  limit = longestDocument,
): Promise<Buffer | undefined> {
  const answer = await registry.ask(`blobs/${digest}`, { whole: registry.access.patience.document });
  if (answer.statusCode === 404) return void answer.destroy();
  const bytes = await readBody(answer, limit, `${digest} of ${registry.repository}`);
  if (digestOf(bytes) !== digest) throw otherContent(registry, digest);
  return bytes;
}

/** A manifest that belongs to another one: a signature, a bundle, an SBOM. */
export interface Attached {
  readonly digest: string;
  readonly manifest: AnyManifest;
}

/** What some writers put into the list instead of the kind of artifact: the kind of its config. */
const empty = 'application/vnd.oci.empty.v1+json';
/** As many as are looked at. */
const mostAttached = 64;

/**
 * What refers to a manifest, one after the other: by the referrers API, else by the tag scheme that takes its place (OCI
 * distribution 1.1). `types`: kinds of artifact that are wanted. Throws as `fetchManifest`, and `target-corrupt` after the
 * last that is looked at where there are more.
 */
export async function* fetchReferrers(
  registry: Registry,
  subject: string,
  types: readonly string[],
): AsyncGenerator<Attached> {
  const named = (await referrersByApi(registry, subject)) ?? (await referrersByTag(registry, subject));
  const wanted = named.filter(({ artifactType: type }) => type === undefined || type === empty || types.includes(type));
  for (const { digest } of wanted.slice(0, mostAttached)) {
    const document = await fetchManifest(registry, digest, longestAttached);
    if (document === undefined) continue;
    const manifest = readAttached(registry, document.bytes);
    const type = manifest.artifactType ?? manifest.config?.mediaType ?? '';
    if (types.includes(type) && manifest.subject?.digest === subject) yield { digest, manifest };
  }
  if (wanted.length > mostAttached)
    throw new AppError('target-corrupt', `More than ${mostAttached} signatures refer to ${subject}.`);
}

/** The manifest under cosign's tag for signatures, `sha256-HEX.sig`. Throws as `fetchManifest`. */
export async function fetchSignatureTag(registry: Registry, subject: string): Promise<Attached | undefined> {
  const document = await fetchManifest(registry, `${subject.replace(':', '-')}.sig`, longestAttached);
  return document && { digest: document.digest, manifest: readAttached(registry, document.bytes) };
}

async function referrersByApi(registry: Registry, subject: string) {
  const whole = registry.access.patience.document;
  const answer = await registry.ask(`referrers/${subject}`, { accept: indexType, whole });
  const isIndex = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() === indexType;
  if (answer.statusCode === 404 || !isIndex) return void answer.destroy();
  return readReferrers(registry, await readBody(answer, longestManifest, `What refers to ${subject}`));
}

const indexType = 'application/vnd.oci.image.index.v1+json';

async function referrersByTag(registry: Registry, subject: string) {
  const document = await fetchManifest(registry, subject.replace(':', '-'));
  return document === undefined ? [] : readReferrers(registry, document.bytes);
}

function readReferrers(registry: Registry, bytes: Buffer) {
  return parseJson(bytes, { schema: ReferrersFile, target: registry.repository, what: 'list of referrers' }).manifests;
}

function readAttached(registry: Registry, bytes: Buffer): AnyManifest {
  return parseJson(bytes, { schema: AnyManifest, target: registry.repository, what: 'manifest' });
}

export function otherContent(registry: Registry, digest: string): AppError {
  return new AppError('target-corrupt', `What ${registry.repository} gives for ${digest} does not match it.`);
}
