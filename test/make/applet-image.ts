import { readFileSync } from 'node:fs';
import { appletNumber, ownNameNumber } from '../../src/runtime/applet.ts';
import type { PolicyFrame } from '../../src/runtime/agent/wire/policy-frame.ts';
import { fileFlag, policyFlag } from '../../src/runtime/agent/wire/words.ts';
import type { TestEngine } from './docker.ts';
import { dockerArchive } from './image.ts';
import { imageFile } from './program-image.ts';
import type { TableFile, TestAgent } from './sensor.ts';
import { directory, file, makeTar, symlink } from './tar.ts';

/** Image of one busybox with links, beside a shell that is a file of its own. */
export const appletImage = 'applets:1';

const applets = ['ls', 'cat', 'id', 'nc', 'wget', 'true'] as const;

/** Loads it. `/bin/sh` starts the links by their paths, so each start is an exec. */
export async function loadAppletImage(engine: TestEngine): Promise<void> {
  const busybox = readFileSync('/usr/bin/busybox');
  const layer = makeTar([
    directory('bin'),
    directory('tmp'),
    file('bin/sh', busybox, 0o755),
    file('bin/busybox', busybox, 0o755),
    ...applets.map((one) => symlink(`bin/${one}`, 'busybox')),
  ]);
  const config = { config: { Env: ['PATH=/bin'] } };
  await engine.load(dockerArchive([layer], { names: [appletImage], config }).bytes);
}

export interface AppletPolicy {
  readonly version: number;
  readonly imageId: string;
  readonly effect: PolicyFrame['modelEffect'];
  /** That the shell may start; `any`: every one, as before applets were recorded. */
  readonly applets: readonly string[] | 'any';
}

/** Puts the image's table and a model in which the shell starts these applets alone. */
export async function putAppletPolicy(engine: TestEngine, agent: TestAgent, wish: AppletPolicy): Promise<void> {
  const { version, imageId, effect } = wish;
  const sh = await imageFile(engine, [appletImage, 'bin/sh']);
  const busybox = await imageFile(engine, [appletImage, 'bin/busybox']);
  const multi: TableFile = {
    file: busybox,
    flags: fileFlag.applets | fileFlag.arguments,
    ownName: ownNameNumber('busybox'),
  };
  const numbers = wish.applets === 'any' ? [0n] : wish.applets.map(appletNumber);
  await agent.putTable(3, [{ file: sh }, multi]);
  agent.send({
    kind: 'policy',
    policy: 7,
    version,
    flags: policyFlag.tabled | policyFlag.modelled,
    driftEffect: 'prevent',
    codeEffect: 'ignore',
    modelEffect: effect,
    toolEffect: 'ignore',
    table: 3,
    images: [imageId],
    tools: [],
    edges: [
      { child: sh.inode, caller: 0n, applet: 0n },
      ...numbers.map((applet) => ({ child: busybox.inode, caller: sh.inode, applet })),
    ],
    digests: [],
    folders: [],
  });
  const reply = await agent.until('policy-reply', (one) => one.version === version);
  if (reply.accepted !== 1) throw new Error(reply.reason);
}
