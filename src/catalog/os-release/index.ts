import { type Analysis, type AnalyzedFile, type Analyzer, clean, nothing, textOf } from '#ecosystems/index.ts';
import { parseOsRelease } from './parse.ts';

/** What distributions had before os-release, and images that lack it still have: the release alone. */
const releaseFiles: Readonly<Record<string, { readonly id: string; readonly name: string }>> = {
  'etc/alpine-release': { id: 'alpine', name: 'Alpine Linux' },
  'etc/debian_version': { id: 'debian', name: 'Debian GNU/Linux' },
};

/** Which distribution this is (os-release(5)). */
export const osRelease: Analyzer = {
  id: 'os-release',
  version: 2,
  summary: 'Name and version of the distribution',
  places: [
    { place: 'etc/os-release', probe: '' },
    { place: 'usr/lib/os-release', probe: '' },
    ...Object.keys(releaseFiles).map((place) => ({ place, probe: '' })),
  ],
  wants: (path) => path === 'etc/os-release' || path === 'usr/lib/os-release' || Object.hasOwn(releaseFiles, path),
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const known = releaseFiles[file.path];
  return known === undefined ? assignments(file) : releaseOf(file, known);
}

/** `13.2`, `3.20.3`, or `trixie/sid`, which is no release. */
function releaseOf(file: AnalyzedFile, { id, name }: { readonly id: string; readonly name: string }): Analysis {
  const version = clean(textOf(file.content.subarray(0, 64)), 64).trim();
  const isRelease = /^\d/.test(version);
  return {
    ...nothing,
    distribution: { id, ...(isRelease && { version }), like: [], name: `${name} ${version}`.trim() },
  };
}

function assignments(file: AnalyzedFile): Analysis {
  const fields = parseOsRelease(textOf(file.content.subarray(0, 65_536)));
  if (fields.size === 0) return nothing;
  const field = (key: string, length: number): string => clean(fields.get(key) ?? '', length).trim();
  const id = field('ID', 64).toLowerCase() || 'linux';
  const version = field('VERSION_ID', 64);
  return {
    ...nothing,
    distribution: {
      id,
      ...(version && { version }),
      like: field('ID_LIKE', 1024).toLowerCase().split(/\s+/).filter(isShort).slice(0, 32),
      name: field('PRETTY_NAME', 256) || field('NAME', 256) || id,
    },
  };
}

function isShort(word: string): boolean {
  return word !== '' && word.length <= 64;
}
