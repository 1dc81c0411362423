import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageArchives } from '../../../tools/release/image-archives.ts';
import { makeImages, type ReleasedImage } from '../../../tools/release/images.ts';
import { type Release, releaseOf } from '../../../tools/release/release.ts';
import { layTree } from '../../../tools/release/tree.ts';
import { repository } from '../../journeys/seawall.ts';
import { type EngineStore, startTestEngine } from '../../make/docker.ts';
import { docker, type DockerResult } from '../../make/program-image.ts';
import type { Closers } from '../lab-console.ts';
import type { LabOptions } from '../lab.ts';

/** What is released of this checkout: its programs and the images of them. */
export interface Released {
  readonly release: Release;
  readonly images: readonly ReleasedImage[];
}

/** An engine with the images of the release. */
export interface Harbour {
  readonly store: EngineStore;
  readonly socket: string;
  docker(...words: readonly string[]): Promise<DockerResult>;
  /** What the command printed; rejects when it fails. */
  must(...words: readonly string[]): Promise<string>;
}

/** Each is made when a case first asks for it. */
export interface Harbours {
  released(): Promise<Released>;
  harbour(store: EngineStore): Promise<Harbour>;
}

export function openHarbours({ say }: Pick<LabOptions, 'say'>, closers: Closers): Harbours {
  let made: Promise<Released> | undefined;
  const released = (): Promise<Released> => (made ??= release(say, closers));
  const harbours = new Map<EngineStore, Promise<Harbour>>();
  const harbour = (store: EngineStore): Promise<Harbour> => {
    const open = harbours.get(store) ?? openHarbour(store, released, { say, closers });
    harbours.set(store, open);
    return open;
  };
  return { released, harbour };
}

/** The release in the folder `SEAWALL_RELEASE`, or one that is made of this checkout. */
async function release(say: LabOptions['say'], closers: Closers): Promise<Released> {
  const given = process.env['SEAWALL_RELEASE'];
  if (given !== undefined) return releaseIn(given);
  const folder = mkdtempSync(join(tmpdir(), 'seawall-release-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const out = join(folder, 'out');
  const release = { ...releaseOf(repository), out };
  say('laying out the programs of the release');
  await layTree(release);
  say('making its images');
  return { release, images: await makeImages(release) };
}

function releaseIn(out: string): Released {
  const release = { ...releaseOf(repository), out };
  const images = imageArchives(release).map(({ name, archive }) => {
    const text = execFileSync('tar', ['--extract', '--to-stdout', '--file', archive, 'manifest.json'], {
      encoding: 'utf8',
    });
    const [{ Config: path = '' } = {}] = JSON.parse(text) as readonly { readonly Config?: string }[];
    return { name: `seawall/${name}`, archive, digest: path.replace(/^blobs\/sha256\//, 'sha256:') };
  });
  return { release, images };
}

interface Opening extends Pick<LabOptions, 'say'> {
  readonly closers: Closers;
}

async function openHarbour(
  store: EngineStore,
  released: () => Promise<Released>,
  { say, closers }: Opening,
): Promise<Harbour> {
  const { images } = await released();
  say(`starting an engine with ${store}'s store, and loading the images`);
  const engine = await startTestEngine({ store, driver: 'overlay2' });
  const harbour: Harbour = {
    store,
    socket: engine.socket,
    docker: (...words) => docker(engine, ...words),
    must: async (...words) => {
      const { code, stdout, stderr } = await docker(engine, ...words);
      if (code !== 0) throw new Error(`docker ${words.join(' ')} ended with ${code}: ${stderr.trim()}`);
      return stdout;
    },
  };
  closers.push(async () => {
    const ids = (await harbour.docker('ps', '-aq')).stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await harbour.docker('rm', '-f', ...ids);
    await engine.stop();
  });
  for (const { archive } of images) await harbour.must('load', '-q', '-i', archive);
  return harbour;
}
