import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listImages, type ImageRow } from '#explorer/contract.ts';
import { putTrustedRegistry } from '#provenance/contract.ts';
import type { MadeImage } from '../../make/image.ts';
import { startRegistry } from '../../make/registry.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../lab-console.ts';
import { type LabOptions, until } from '../lab.ts';
import type { Pier } from '../pier.ts';

/** What the cases work on. */
export interface Estate extends LabConsole {
  readonly armed: boolean;
  /** By name: `dev` and `prod` keep images in Docker's own store, `test` in containerd's. */
  readonly piers: Readonly<Record<'dev' | 'test' | 'prod', Pier>>;
  /** Host of a registry that the console trusts; empty at first. */
  readonly registry: string;
  /** Loads an image into the engines of these hosts. */
  load(image: MadeImage, ...piers: readonly Pier[]): Promise<void>;
  /** The image's row once the console knows it and has judged it. */
  row(digest: string): Promise<ImageRow>;
}

export async function setUpEstate({
  armed,
  say,
}: LabOptions): Promise<{ readonly world: Estate; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const console = await openLabConsole({ say, closers });
    const registry = await startRegistry();
    closers.push(() => registry.end());
    const trusted = { name: 'Registry', repositories: registry.host, insecure: true };
    await console.ask(putTrustedRegistry, { params: { id: 'registry' }, body: trusted });
    const piers = await openPiers(console, say, closers);
    const world: Estate = {
      ...console,
      armed,
      piers,
      registry: registry.host,
      load: async (image, ...wanted) => {
        const archive = join(console.state, 'image.tar');
        writeFileSync(archive, image.bytes);
        for (const pier of wanted) await pier.docker('load', '-q', '-i', archive);
      },
      row: (digest) => judgedRow(console.ask, digest),
    };
    return { world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPiers(
  console: LabConsole,
  say: (words: string) => void,
  closers: Closers,
): Promise<Estate['piers']> {
  const stores = { dev: 'docker', test: 'containerd', prod: 'docker' } as const;
  const open = async (name: 'dev' | 'test' | 'prod'): Promise<Pier> => {
    say(`starting an engine and an agent: ${name}, images in the store of ${stores[name]}`);
    // What containers run is another lab's matter.
    const words = ['--no-runtime', '--no-gates', ...(name === 'prod' ? [] : ['--allow-environments', 'dev,test'])];
    return await openLabHost({ name, store: stores[name], words }, console, closers);
  };
  return { dev: await open('dev'), test: await open('test'), prod: await open('prod') };
}

async function judgedRow(ask: Estate['ask'], digest: string): Promise<ImageRow> {
  return await until(
    `a verdict of ${digest}`,
    async () => {
      const { images } = await ask(listImages, { query: { search: digest } });
      return images.find((row) => row.subject === digest && row.verdict !== undefined);
    },
    { seconds: 30 },
  );
}
