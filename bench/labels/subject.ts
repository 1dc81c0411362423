import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog/contract.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { madeOnce } from '../../test/make/made-once.ts';
import { type Label, type ListName, lists } from './lists.ts';

/** A tree whose packages are known by the tools of their ecosystems. */
export interface Tree {
  readonly name: string;
  /** The ecosystems that are compared. */
  readonly of: readonly ListName[];
  /** Fills an empty folder, and says with what. */
  readonly lay: (root: string) => string;
}

/** What was laid, and what the tools said of it then. */
export interface Facts {
  readonly origin: string;
  readonly labels: Readonly<Partial<Record<ListName, readonly Label[]>>>;
}

const kept = join(import.meta.dirname, '../../.cache/labels-v1');
const program = join(import.meta.dirname, '../../bin/seawall');

/** The tree as an image of one layer, and its labels: made once, under `.cache`. */
export async function imageOf(tree: Tree): Promise<{ readonly archive: string; readonly facts: Facts }> {
  const folder = join(kept, tree.name);
  await madeOnce(folder, (work) => {
    const root = join(work, 'root');
    mkdirSync(root);
    const origin = tree.lay(root);
    const labels = Object.fromEntries(tree.of.map((name) => [name, lists[name].list(root)]));
    writeFileSync(join(work, 'facts.json'), JSON.stringify({ origin, labels } satisfies Facts, undefined, 1));
    const layer = join(work, 'layer.tar');
    execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', layer, '.']);
    writeFileSync(join(work, 'image.tar'), dockerArchive([readFileSync(layer)]).bytes);
    for (const path of [root, layer]) rmSync(path, { recursive: true });
  });
  return {
    archive: join(folder, 'image.tar'),
    facts: JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as Facts,
  };
}

/** What Seawall finds in an image. A layer that was not read whole is an error: nothing is compared then. */
export function packagesIn(archive: string): Catalog['packages'] {
  const text = execFileSync(program, ['catalog', archive, '--no-cache'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { packages, faults } = (JSON.parse(text) as { readonly catalog: Catalog }).catalog;
  const lost = faults.find(({ path, layer }) => path === undefined && layer !== undefined);
  if (lost !== undefined) throw new Error(`${archive} is not read whole: ${lost.message}`);
  return packages;
}
