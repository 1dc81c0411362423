import { alpm } from './alpm/scheme.ts';
import { apk } from './apk/scheme.ts';
import { composer } from './composer/scheme.ts';
import { deb } from './deb/scheme.ts';
import { gem } from './gem/scheme.ts';
import { maven } from './maven/scheme/index.ts';
import { nuget } from './nuget/scheme.ts';
import { pep440 } from './pypi/scheme.ts';
import { rpm } from './rpm/scheme.ts';
import type { VersionScheme } from './scheme.ts';
import { semver } from './semver.ts';

/** Every version scheme, each once. Apart from the ecosystems: whoever judges compares versions, and needs no readers. */
export const schemes: readonly VersionScheme[] = [deb, apk, rpm, semver, maven, nuget, pep440, alpm, gem, composer];

/** Scheme by its own id, as findings name it. */
export function schemeById(id: string): VersionScheme | undefined {
  return schemes.find((scheme) => scheme.id === id);
}
