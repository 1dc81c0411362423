import type { ArchiveEvidence } from '../../contract.ts';
import { maven } from '../scheme/index.ts';
import { likelyReading, readingsOf } from './file-name.ts';

/** A version that a jar states, and where. */
export type StatedVersion = ArchiveEvidence['versions'][number];

const implementation = 'Implementation-Version';
const bundle = 'Bundle-Version';
const builtBundle = 'Bundle-Version of the build';

/**
 * Versions in a manifest that can be one. Bundle-Version is often written by hand and then forgotten; the plug-in that
 * names itself takes it from the build. Specification-Version is that of another document and left out.
 */
export function manifestVersions(manifest: ReadonlyMap<string, string>): readonly StatedVersion[] {
  const makers = `${manifest.get('created-by') ?? ''} ${manifest.get('originally-created-by') ?? ''}`;
  const byBuild = makers.includes('Apache Maven Bundle Plugin');
  return [
    { text: manifest.get('implementation-version'), by: implementation },
    { text: manifest.get('bundle-version'), by: byBuild ? builtBundle : bundle },
  ].filter((one): one is StatedVersion => one.text !== undefined && isStated(one.text));
}

/**
 * The version of a jar. That in the file name comes first: it is given where the file is stored, while manifests are
 * copied from project to project. `artifact`: the part of the file name that is its name, where that is known.
 */
export function versionOf(
  { file, versions }: Pick<ArchiveEvidence, 'file' | 'versions'>,
  artifact?: string,
): StatedVersion | undefined {
  const likely = likelyReading(file);
  const readings = readingsOf(file);
  const own = readings.find((reading) => reading.artifact === artifact) ?? likely;
  if (own.version === undefined) return agreedVersion(versions);
  if (own.artifact === likely.artifact) return { text: own.version, by: 'file name' };
  const borneOut = readings.find((one) => versions.some(({ text }) => isSame(one.version, text)));
  return borneOut?.version === undefined ? agreedVersion(versions) : { text: borneOut.version, by: 'file name' };
}

/** What the manifest says by itself: what contradicts itself, or was only written by hand, says nothing. */
function agreedVersion(versions: readonly StatedVersion[]): StatedVersion | undefined {
  const [stated, other] = [
    versions.find(({ by }) => by === implementation),
    versions.find(({ by }) => by !== implementation),
  ];
  if (stated !== undefined) return other === undefined || isSame(stated.text, other.text) ? stated : undefined;
  return other?.by === builtBundle ? { text: plainForm(other.text), by: other.by } : undefined;
}

/** A dot before the word for an early version is OSGi's: `1.0.0.alpha-1` was built as `1.0.0-alpha-1`. */
function plainForm(text: string): string {
  return text.replace(/^(\d+\.\d+\.\d+)\.(?=(?:alpha|beta|cr|m|milestone|rc|snapshot)\b|(?:m|rc)\d)/i, '$1-');
}

/** OSGi writes three numbers and a dot before the qualifier: `1.2.0.Final` for `1.2-Final`. */
function isSame(left: string | undefined, right: string): boolean {
  if (left === undefined) return false;
  return maven.compare(left, right) === 0 || bundleForm(left) === bundleForm(right);
}

function bundleForm(version: string): string {
  const [, numbers = '', qualifier = ''] = /^(\d+(?:\.\d+)*)(.*)$/.exec(version) ?? [];
  const plain = numbers.replace(/(?:\.0+)+$/, '');
  return `${plain} ${qualifier.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`;
}

function isStated(text: string): boolean {
  return text.length <= 64 && /^\d[\w.+-]*$/.test(text);
}
