import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutDatabase } from '../../journeys/full-database.ts';
import { freePort } from '../../journeys/make-scan.ts';
import type { MadeImage } from '../../make/image.ts';
import { makeIntruders } from '../../make/servers/servers.ts';
import { builtWrapper } from '../../make/wrapper.ts';
import { openQuay, type Quay } from '../gates/quay.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../lab-console.ts';
import { type DemoImages, demoImages } from './images.ts';

/** Seconds of an hour of the learning method in this run. */
export const bucketSeconds = 2;

/** Runs the Docker client against the engine of one host. */
type Docker = (...words: readonly string[]) => Promise<string>;

/** A host of the run. */
export interface WorldHost {
  /** State of its agent. */
  readonly state: string;
  readonly docker: Docker;
  load(image: MadeImage): Promise<void>;
}

/** What the story is played on. */
export interface World {
  readonly console: LabConsole;
  readonly images: DemoImages;
  /** Folder that is mounted as `/mark`, with programs that somebody brings along. */
  readonly marks: string;
  /** A host with gates and a sensor. */
  openGated(name: string): Promise<WorldHost & { readonly quay: Quay }>;
  /** A host with a sensor, whose engine copies layers instead of laying them over each other where `driver` says so. */
  openHost(name: 'dev' | 'test' | 'prod', instance: string, driver?: 'vfs'): Promise<WorldHost>;
  installGate(quay: Quay): Promise<void>;
  close(): Promise<void>;
}

const ecosystems = ['Alpine', 'Debian:13', 'Maven', 'npm'];

export async function openWorld(say: (words: string) => void): Promise<World> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const images = await demoImages();
    const console = await openLabConsole({
      say,
      closers,
      env: { SEAWALL_LEARNING_BUCKET_SECONDS: String(bucketSeconds) },
      layOut: (state) => layOutDatabase(state, 'sample', ecosystems),
    });
    const marks = join(console.state, 'marks');
    cpSync(makeIntruders(console.state).program, join(marks, 'xmr-worker'));
    const load = (docker: Docker) => async (image: MadeImage) => {
      const archive = join(console.state, `image-${image.digest.slice(7, 19)}-${await freePort()}.tar`);
      writeFileSync(archive, image.bytes);
      await docker('load', '-q', '-i', archive);
      rmSync(archive);
    };
    return {
      console,
      images,
      marks,
      openGated: async (name) => {
        const quay = await openQuay({ store: 'docker', console, closers, name });
        return { quay, state: quay.state, docker: quay.engine.must, load: load(quay.engine.must) };
      },
      openHost: async (name, instance, driver) => {
        const words = ['--no-gates'];
        const host = { name, instance, store: 'docker', words, ...(driver && { driver }) } as const;
        const pier = await openLabHost(host, console, closers);
        return { state: join(console.state, `agent-${instance}`), docker: pier.docker, load: load(pier.docker) };
      },
      installGate: async (quay) => {
        const { code, stderr } = await quay.gate('install', '--wrapper', builtWrapper());
        if (code !== 0) throw new Error(`The gate could not be installed: ${stderr}`);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Settings of nginx for a port of its own, as a file to mount. */
export function nginxSettings(world: World, port: number): string {
  const file = join(world.console.state, `nginx-${port}.conf`);
  const server = `server { listen 127.0.0.1:${port}; location / { return 200 "well"; } }`;
  writeFileSync(file, `events {}\nhttp { access_log /var/log/nginx/access.log; ${server} }\n`);
  return file;
}

/** Whether the ledger that the runtime wrapper reads is there. */
export function hasLedger({ state }: Quay): boolean {
  try {
    return readFileSync(join(state, 'gate/ledger')).length > 0;
  } catch {
    return false;
  }
}
