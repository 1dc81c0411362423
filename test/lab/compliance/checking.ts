import { checks, type SubjectKind } from '#compliance/index.ts';
import { expectThat, type LabCase } from '../lab.ts';
import { containerRows } from './rows/containers.ts';
import { engineRows } from './rows/engines.ts';
import { hostRows } from './rows/hosts.ts';
import { imageRows } from './rows/images.ts';
import { registryRows } from './rows/registries.ts';
import { type CheckRow, type Origin, type Subject, withoutOneRow, wrongRows } from './subject.ts';
import type { World } from './world.ts';

interface Table {
  readonly kinds: readonly SubjectKind[];
  readonly rows: readonly CheckRow[];
  readonly subjects: (world: World) => Promise<readonly Subject[]>;
}

/** All tables; a check of a kind that none names has no row, and fails C6. */
const tables = {
  containers: { kinds: ['container'], rows: containerRows, subjects: (world) => world.containers() },
  engines: { kinds: ['engine', 'service', 'network'], rows: engineRows, subjects: (world) => world.engines() },
  hosts: { kinds: ['host'], rows: hostRows, subjects: (world) => world.hosts() },
  images: { kinds: ['image', 'reference'], rows: imageRows, subjects: (world) => world.images() },
  registries: { kinds: ['registry'], rows: registryRows, subjects: (world) => world.registries() },
} as const satisfies Readonly<Record<string, Table>>;

/** Each own check objects to a subject, with the right words and evidence, and passes another. */
export const checkCases: readonly LabCase<World>[] = [
  shown('C1', 'containers', 'each check of containers objects to one and passes another'),
  shown('C2', 'engines', 'each check of engines, services and networks objects to one and passes another'),
  shown('C3', 'hosts', 'each check of hosts objects to one and passes another'),
  shown('C4', 'images', 'each check of images and their names objects to one and passes another'),
  shown('C5', 'registries', 'each check of registries objects to one and passes another'),
  {
    id: 'C6',
    title: 'no check is without a case',
    run: async (world) => {
      const all = Object.values<Table>(tables);
      const missing = withoutOneRow(
        all.flatMap(({ kinds }) => kinds),
        all.flatMap(({ rows }) => rows),
      );
      const named = new Set(all.flatMap(({ kinds }) => kinds));
      const kinds = (Object.keys(checks) as SubjectKind[]).filter((kind) => !named.has(kind));
      expectThat(missing.length + kinds.length === 0, `without one row each: ${[...kinds, ...missing].join(' ')}`);
      return await countOrigins(world, all);
    },
  },
];

function shown(id: string, name: keyof typeof tables, title: string): LabCase<World> {
  const { rows, subjects } = tables[name];
  return {
    id,
    title,
    run: async (world) => {
      const wrong = wrongRows(rows, await subjects(world));
      expectThat(wrong.length === 0, `${wrong.length} of ${rows.length} rows\n${wrong.join('\n')}`);
      return `${rows.length} checks`;
    },
  };
}

/** How many checks are shown on real things, and on what the others are. */
async function countOrigins(world: World, all: readonly Table[]): Promise<string> {
  const groups = new Map<string, string[]>([['live', []]]);
  for (const { rows, subjects } of all) {
    const origins = new Map((await subjects(world)).map(({ name, origin }) => [name, origin]));
    for (const [id, objects, , passes] of rows) {
      const words = wordsOf([origins.get(objects), origins.get(passes)]);
      groups.set(words, [...(groups.get(words) ?? []), id]);
    }
  }
  const count = (start: string): number =>
    [...groups].reduce((sum, [words, ids]) => sum + (words.startsWith(start) ? ids.length : 0), 0);
  const sums = `${count('live')} live, ${count('recorded')} recorded of named systems, ${count('in the form')} by documents in the form of named systems, ${count('stated')} stated`;
  const lists = [...groups].filter(([words]) => words !== 'live').map(([words, ids]) => `  ${words}: ${ids.join(' ')}`);
  return [sums, ...lists].join('\n');
}

/** The weaker of the origins of both subjects of a row. */
function wordsOf(origins: readonly (Origin | undefined)[]): string {
  const stated = origins.find((one) => one?.kind === 'stated');
  if (stated?.kind === 'stated') return `stated (${stated.because})`;
  const formed = origins.find((one) => one?.kind === 'formed');
  if (formed?.kind === 'formed') return `in the form of (${formed.of})`;
  const recorded = origins.find((one) => one?.kind === 'recorded');
  return recorded?.kind === 'recorded' ? `recorded (${recorded.of})` : 'live';
}
