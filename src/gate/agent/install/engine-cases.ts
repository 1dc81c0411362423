import type { GateFact } from '../../contract.ts';
import table from './engine-cases-1.json' with { type: 'json' };
import { type EnginePackage, isAtLeast } from './engine-package.ts';

type Case = (typeof table.cases)[number];

/** An engine as it says itself, and whose build it is. */
export interface KnownEngine {
  readonly version: string;
  /** `docker`: Docker's own build, of which its version tells everything; a distribution may have mended more in its own. */
  readonly build: 'docker' | EnginePackage | 'unknown';
}

/** What is known against an engine where gates are concerned, and what cannot be told of a build that others mended. */
export async function engineSafety({ version, build }: KnownEngine): Promise<NonNullable<GateFact['engine']>> {
  const concerning = table.cases.filter((one) => concerns(one, version));
  const answers = await Promise.all(
    concerning.map(async (one) => ({ one, answer: isMended(one) ? await answerFor(one, build) : 'open' })),
  );
  const cases = answers.filter(({ answer }) => answer === 'open').map(({ one }) => one);
  const unknown = answers.filter(({ answer }) => answer === 'unknown').map(({ one }) => one);
  return {
    version,
    ...(typeof build === 'object' && { package: `${build.name} ${build.version} of ${build.distribution}` }),
    safe: unknown.length === 0 && !cases.some(isMended),
    cases: cases.map(words),
    unknown: unknown.map(words),
  };
}

/** Version from which on no case that an upgrade mends is known. */
export const safeVersion = table.safe;

async function answerFor({ packages }: Case, build: KnownEngine['build']): Promise<'open' | 'mended' | 'unknown'> {
  if (build === 'docker') return 'open';
  if (build === 'unknown') return 'unknown';
  const fact = packages.find(
    ({ distribution, source }) => distribution === build.distribution && source === build.source.name,
  );
  const isFixed = fact === undefined ? undefined : await isAtLeast(build.source.version, fact.fixed);
  return isFixed === undefined ? 'unknown' : isFixed ? 'mended' : 'open';
}

function concerns({ ranges }: Case, version: string): boolean {
  return ranges.some(
    ([from, before]) =>
      compare(version, from ?? '') >= 0 && (typeof before !== 'string' || compare(version, before) < 0),
  );
}

/** Whether a version is known from which on it is mended. */
function isMended({ ranges }: Case): boolean {
  return ranges.every(([, before]) => typeof before === 'string');
}

function words({ id, cve, what }: Case): string {
  return `${id}${cve === undefined ? '' : ` (${cve})`}: ${what}`;
}

/** By the first three numbers: `26.1.5+dfsg1` is 26.1.5. */
function compare(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  return a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function numbersOf(version: string): readonly number[] {
  const [, ...numbers] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [0, 1, 2].map((index) => Number(numbers[index] ?? 0));
}
