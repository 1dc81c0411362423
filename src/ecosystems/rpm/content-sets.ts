import { parseJsonWithin } from '#base/index.ts';
import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';

const manifests = 'root/buildinfo/content_manifests/';
/** Since 2025 one file for the whole image, of which the other place has a copy. */
const whole = 'usr/share/buildinfo/content-sets.json';
/** Manifests list what was built from sources besides; those of OpenShift's images have some 5 MB. */
const mostOfManifest = { bytes: 32 * 1024 ** 2, tokens: 2_000_000, depth: 64 };
const mostSets = 1000;
const label = /^[A-Za-z0-9][\w.+-]{0,199}$/;

/**
 * Content sets of Red Hat's images: labels of the repositories that each layer was built from. They tell which product's
 * fixes an image can get, such as those of extended support for a minor release.
 */
export const contentSets: Analyzer = {
  id: 'content-sets',
  version: 1,
  summary: 'Repositories that images of Red Hat were built from',
  places: [
    { place: manifests.slice(0, -1), probe: '/content-sets.json' },
    { place: whole, probe: '' },
  ],
  wants: (path) => path === whole || (path.startsWith(manifests) && isManifest(path.slice(manifests.length))),
  analyze,
};

function isManifest(name: string): boolean {
  return name.endsWith('.json') && !name.includes('/');
}

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('content-sets', file.path);
  const json = parseJsonWithin(file.content, mostOfManifest);
  const listed = json.kind === 'read' ? listedIn(json.value) : undefined;
  if (listed === undefined) {
    collector.fault('unreadable-file', 'It is no content manifest; which repositories it lists is unknown.');
    return collector.analysis();
  }
  const named = listed.filter((each): each is string => typeof each === 'string' && label.test(each));
  if (named.length < listed.length || named.length > mostSets)
    collector.fault('unreadable-file', `Some content sets were left out: no labels, or more than ${mostSets}.`);
  return { ...collector.analysis(), contentSets: named.slice(0, mostSets) };
}

/** Manifests of images without packages have no list. */
function listedIn(manifest: unknown): readonly unknown[] | undefined {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return undefined;
  const listed = ('content_sets' in manifest ? manifest.content_sets : undefined) ?? [];
  return Array.isArray(listed) ? listed : undefined;
}
