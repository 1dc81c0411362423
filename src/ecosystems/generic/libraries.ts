import { type Analysis, type AnalyzedFile, type Analyzer, nothing } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';

/**
 * C libraries that an npm package brings along, by what they state of themselves. Elsewhere a distribution's package owns
 * them, and says more. liblzma, libxml2 and libxslt state no more than a bare number, and are left out.
 */
export const libraries: Analyzer = {
  id: 'bundled-libraries',
  version: 1,
  summary: 'OpenSSL, ICU, zlib and OSSP uuid inside npm packages, by their banners',
  places: [],
  wants: (path, size) => size <= largest && libraryAt(path) !== undefined,
  analyze,
};

interface Library {
  readonly name: string;
  readonly file: RegExp;
  /** What stands before the version. */
  readonly banner: string;
  /** The version, from the banner on. */
  readonly stated: RegExp;
  /** The version where the banner has only a part of it. */
  readonly inName?: RegExp;
}

const known: readonly Library[] = [
  {
    name: 'openssl',
    file: /^libcrypto[^/]*\.so/,
    banner: 'OpenSSL ',
    stated: /^OpenSSL (\d+\.\d+\.\d+[a-z]{0,2})[ -][^\0\n]{0,40}\d{4}/,
  },
  { name: 'icu', file: /^libicuuc[^/]*\.so/, banner: 'icudt', stated: /^icudt(\d+)/, inName: /\.so\.(\d+(?:\.\d+)*)$/ },
  { name: 'zlib', file: /^libz\.so/, banner: ' deflate ', stated: /^ deflate (\d+(?:\.\d+)+) Copyright/ },
  { name: 'ossp-uuid', file: /^libossp-uuid\.so/, banner: 'OSSP uuid ', stated: /^OSSP uuid (\d+(?:\.\d+)+) \(/ },
];

const bundled = /(?:^|\/)node_modules\/.*?([^/]+)$/;
/** Several times what the largest of them have. */
const largest = 16 * 1024 ** 2;
const mostBanners = 64;
const elfMagic = '\x7fELF';

function libraryAt(path: string): { readonly name: string; readonly library: Library } | undefined {
  const name = bundled.exec(path)?.[1];
  const library = known.find((one) => name !== undefined && one.file.test(name));
  return name === undefined || library === undefined ? undefined : { name, library };
}

function analyze({ path, content }: AnalyzedFile): Analysis {
  const found = libraryAt(path);
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (found === undefined || bytes.toString('latin1', 0, elfMagic.length) !== elfMagic) return nothing;
  const version = versionOf(found.library, found.name, bytes);
  if (version === undefined) return nothing;
  const collector = packageCollector(libraries.id, path);
  const foundBy = { analyzer: libraries.id, evidence: 'banner' };
  collector.add({ type: 'generic', name: found.library.name, version, path, foundBy });
  return collector.analysis();
}

function versionOf({ banner, stated, inName }: Library, name: string, content: Buffer): string | undefined {
  const found = bannerIn(content, banner, stated);
  const whole = inName?.exec(name)?.[1];
  // A name may be anybody's: it only completes what the content says.
  return found !== undefined && whole?.split('.')[0] === found ? whole : found;
}

function bannerIn(content: Buffer, banner: string, stated: RegExp): string | undefined {
  let at = content.indexOf(banner, 0, 'latin1');
  for (let tried = 0; at !== -1 && tried < mostBanners; tried += 1) {
    const version = stated.exec(content.toString('latin1', at, at + 120))?.[1];
    if (version !== undefined) return version;
    at = content.indexOf(banner, at + 1, 'latin1');
  }
  return undefined;
}
