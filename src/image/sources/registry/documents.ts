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
export async function fetchManifest(registry: Registry, reference: string): Promise<RegistryDocument | undefined> {
  const whole = registry.access.patience.document;
  const answer = await registry.ask(`manifests/${reference}`, { accept: manifestTypes, whole });
  if (answer.statusCode === 404) return void answer.destroy();
  const bytes = await readBody(answer, longestManifest, `The manifest ${reference} of ${registry.repository}`);
  const digest = digestOf(bytes);
  if (digestPattern.test(reference) && digest !== reference) throw otherContent(registry, reference);
  return { digest, bytes };
}

/** A small blob, such as a config, checked against its digest. `undefined` where there is none. Throws as `fetchManifest`. */
export async function fetchDocument(registry: Registry, digest: string): Promise<Buffer | undefined> {
  const answer = await registry.ask(`blobs/${digest}`, { whole: registry.access.patience.document });
  if (answer.statusCode === 404) return void answer.destroy();
  const bytes = await readBody(answer, longestDocument, `${digest} of ${registry.repository}`);
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
 * What refers to a manifest: by the referrers API, else by the tag scheme that takes its place (OCI distribution 1.1).
 * `types`: kinds of artifact that are wanted. Throws as `fetchManifest`.
 */
export async function fetchReferrers(
  registry: Registry,
  subject: string,
  types: readonly string[],
): Promise<readonly Attached[]> {
  const named = (await referrersByApi(registry, subject)) ?? (await referrersByTag(registry, subject));
  const wanted = named.filter(({ artifactType: type }) => type === undefined || type === empty || types.includes(type));
  if (wanted.length > mostAttached)
    throw new AppError('target-corrupt', `More than ${mostAttached} signatures refer to ${subject}.`);
  const found: Attached[] = [];
  for (const { digest } of wanted) {
    const document = await fetchManifest(registry, digest);
    if (document === undefined) continue;
    const manifest = readAttached(registry, document.bytes);
    const type = manifest.artifactType ?? manifest.config?.mediaType ?? '';
    if (types.includes(type) && manifest.subject?.digest === subject) found.push({ digest, manifest });
  }
  return found;
}

/** The manifest under cosign's tag for signatures, `sha256-HEX.sig`. Throws as `fetchManifest`. */
export async function fetchSignatureTag(registry: Registry, subject: string): Promise<Attached | undefined> {
  const document = await fetchManifest(registry, `${subject.replace(':', '-')}.sig`);
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
