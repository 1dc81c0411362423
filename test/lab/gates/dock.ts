import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStore } from '../../make/docker.ts';
import type { MadeImage } from '../../make/image.ts';
import { builtWrapper } from '../../make/wrapper.ts';
import { type Closers, type LabConsole, openLabConsole } from '../lab-console.ts';
import { expectThat, type LabCase, type LabOptions } from '../lab.ts';
import { openQuay, type Quay } from './quay.ts';

/** What the cases work on: a console, and a host for each way in which engines keep images. */
export interface Dock extends LabConsole {
  readonly armed: boolean;
  readonly quays: readonly Quay[];
  load(quay: Quay, ...images: readonly MadeImage[]): Promise<void>;
  /** Puts the gate in place; nothing, where it is to be off. */
  install(quay: Quay, ...words: readonly string[]): Promise<void>;
}

const stores: readonly EngineStore[] = ['docker', 'containerd'];

export async function setUpDock({ armed, say }: LabOptions): Promise<{ readonly world: Dock; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const wrapper = builtWrapper();
    const console = await openLabConsole({ say, closers });
    const quays: Quay[] = [];
    for (const store of stores) {
      say(`starting a host of its own: an engine with images in the store of ${store}, and its agent`);
      quays.push(await openQuay({ store, console, closers }));
    }
    const world: Dock = {
      ...console,
      armed,
      quays,
      load: async (quay, ...images) => {
        for (const { bytes } of images) {
          const archive = join(console.state, 'image.tar');
          writeFileSync(archive, bytes);
          await quay.engine.must('load', '-q', '-i', archive);
        }
      },
      install: async (quay, ...words) => {
        if (!armed) return;
        const { code, stderr } = await quay.gate('install', '--wrapper', wrapper, ...words);
        expectThat(code === 0, `gate install ended with ${code}: ${stderr}`);
      },
    };
    return { world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A case that is run on each host in turn; what it says stands behind the store's name. */
export function onBoth(
  about: Omit<LabCase<Dock>, 'run'>,
  run: (dock: Dock, quay: Quay) => Promise<string | undefined>,
): LabCase<Dock> {
  return {
    ...about,
    async run(dock) {
      const told: string[] = [];
      for (const quay of dock.quays) {
        const figures = await run(dock, quay).catch((error: unknown) => {
          throw new Error(`${quay.store}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        });
        if (figures !== undefined) told.push(`${quay.store} ${figures}`);
      }
      return told.length === 0 ? undefined : told.join('; ');
    },
  };
}
