import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dock, setUpDock } from '../gates/dock.ts';
import type { Closers } from '../lab-console.ts';
import type { LabOptions } from '../lab.ts';
import { type Audited, openAudited } from './audited.ts';
import type { Subject } from './subject.ts';
import { containerSubjects } from './subjects/containers.ts';
import { engineSubjects, networkSubjects } from './subjects/engines.ts';
import { hostSubjects } from './subjects/hosts.ts';
import { imageSubjects } from './subjects/images.ts';
import { recordedHosts } from './subjects/recorded-hosts.ts';
import { registrySubjects } from './subjects/registries.ts';
import { openYards, type Yards } from './yards.ts';

/** What the cases work on: hosts with engines, and subjects that are made when a case first asks for them. */
export interface World {
  readonly armed: boolean;
  /** On a real file system, gone with the lab. */
  readonly folder: string;
  readonly closers: Closers;
  /** A console with a host, where rules are tried. */
  readonly dock: () => Promise<Dock>;
  /** A console with a good and a bad host. */
  readonly audited: () => Promise<Audited>;
  readonly yards: () => Promise<Yards>;
  readonly containers: () => Promise<readonly Subject[]>;
  readonly engines: () => Promise<readonly Subject[]>;
  readonly hosts: () => Promise<readonly Subject[]>;
  readonly images: () => Promise<readonly Subject[]>;
  readonly registries: () => Promise<readonly Subject[]>;
}

export async function setUpWorld({
  armed,
  say,
}: LabOptions): Promise<{ readonly world: World; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-compliance-lab-'));
  // Engines that map users must get in.
  chmodSync(folder, 0o711);
  const closers: Closers = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const opened = once(() => openYards(folder, closers));
  const yards = async () => (await opened()).yards;
  const containers = once(async () => await containerSubjects({ ...(await yards()), folder }));
  const engines = once(async () => {
    await containers();
    const all = await opened();
    return [...(await engineSubjects(all)), ...(await networkSubjects(all.yards))];
  });
  const hosts = once(async () => {
    // Hosts are spoiled last: their engines must go on until then.
    await engines();
    return [...(await hostSubjects(await yards(), closers)), ...(await recordedHosts(folder))];
  });
  const world: World = {
    armed,
    folder,
    closers,
    dock: once(async () => {
      const { world: dock, close } = await setUpDock({ armed, say }, [{ store: 'docker', name: 'quay-rules' }]);
      closers.push(close);
      return dock;
    }),
    audited: once(async () => {
      const { audited, close } = await openAudited({ armed, say });
      closers.push(close);
      return audited;
    }),
    yards,
    containers,
    engines,
    hosts,
    images: once(() => imageSubjects(folder)),
    registries: once(() => registrySubjects(folder, closers)),
  };
  return {
    world,
    close: async () => {
      for (const one of closers.splice(0).toReversed()) await one();
    },
  };
}

/** Makes it when it is first asked for, and no second time. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
