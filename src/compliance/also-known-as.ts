import type { About } from './check.ts';
import type { OtherNumber } from './contract-words.ts';

/** Numbers of Prisma Cloud that do not follow from CIS, by our check that asks the same. Facts alone, no text of theirs. */
const prismaOwn: Readonly<Record<string, readonly string[]>> = {
  'IMG-029': ['424'],
  'IMG-031': ['425'],
  'IMG-039': ['448'],
  'IMG-040': ['422'],
  'IMG-041': ['426'],
  'CTR-013': ['596'],
  'CTR-065': ['599'],
  'CTR-072': ['597'],
};

/**
 * Under which numbers people of other products know a check. docker-bench-security numbers as CIS Docker does, Prisma Cloud
 * without the dots: 5.1 is 51, 4.10 is 410.
 */
export function alsoKnownAs({ id, cis = [] }: Pick<About, 'id' | 'cis'>): readonly OtherNumber[] {
  const docker = cis.filter((number) => /^\d+(?:\.\d+)+$/.test(number));
  const prisma = [...(prismaOwn[id] ?? []), ...docker.map((number) => number.replaceAll('.', ''))];
  return [
    ...[...new Set(prisma)].map((number) => ({ by: 'prisma', number }) as const),
    ...docker.map((number) => ({ by: 'docker-bench', number }) as const),
  ];
}
