import { type Analysis, type Analyzer, nothing } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';
import type { Program } from '../program.ts';

/** Programs that state themselves by a text of their own: BusyBox by the first line of its help. */
export const programs: Analyzer = {
  id: 'programs',
  version: 1,
  summary: 'BusyBox, by its banner',
  places: [],
  wants: () => false,
  analyze: () => nothing,
  program,
};

const banner = Buffer.from('BusyBox v');
/** `BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)`, `BusyBox v1.37.0 (Debian 1:1.37.0-6+b1)`. */
const stated = /^BusyBox v(\d+\.\d+(?:\.\d+)?)[^\0\n]{0,100}\(/;
/** Names of its files where it is linked dynamically; linked statically it goes by the name of any of its programs. */
const names = /(?:^|\/)(?:busybox[^/]*|\[|sh|ash)$/;
/** The largest builds have some 2 MB. */
const largest = 4 * 1024 ** 2;
const mostBanners = 16;
const interpreterSegment = 3;

function program(file: Program): Analysis | undefined {
  if (file.size > largest) return undefined;
  const isDynamic = file.layout.segments.some(({ type }) => type === interpreterSegment);
  if (isDynamic && !names.test(file.path)) return undefined;
  const version = versionIn(file.bytes.upTo(0, file.size));
  if (version === undefined) return undefined;
  const collector = packageCollector('programs', file.path);
  const foundBy = { analyzer: 'programs', evidence: 'banner' };
  collector.add({ type: 'generic', name: 'busybox', version, path: file.path, foundBy });
  return collector.analysis();
}

function versionIn(content: Buffer): string | undefined {
  let at = content.indexOf(banner);
  for (let tried = 0; at !== -1 && tried < mostBanners; tried += 1) {
    const version = stated.exec(content.toString('latin1', at, at + 160))?.[1];
    if (version !== undefined) return version;
    at = content.indexOf(banner, at + 1);
  }
  return undefined;
}
