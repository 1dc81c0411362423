import { expect } from 'vitest';
import type { PolicyFrame } from '../../src/runtime/agent/wire/policy-frame.ts';
import { policyFlag } from '../../src/runtime/agent/wire/words.ts';
import { startTestEngine, type TestEngine } from './docker.ts';
import { mappingFiles, mappingImage } from './mapping-image.ts';
import { docker, type DockerResult, imageFile } from './program-image.ts';
import { startTestSensor, type TableFile, TestAgent, type TestSensor } from './sensor.ts';

/** Image of the world. */
export const image = 'mappings:1';

const bucketNs = 900_000_000_000n;
const prevent = { driftEffect: 'ignore', codeEffect: 'prevent', modelEffect: 'ignore', toolEffect: 'ignore' } as const;

/** An engine with `map-code`, and a sensor that prevents code that is not the image's. */
export interface MappingWorld {
  readonly engine: TestEngine;
  readonly sensor: TestSensor;
  readonly agent: TestAgent;
  /** Sets the image's policy anew: the usual one with these changes. `files`: of its table; missing: all of its code. */
  setPolicy(changes: Partial<PolicyFrame> & { readonly files?: readonly TableFile[] }): Promise<void>;
  /** Starts a container that waits; answers the number of its cgroup. */
  start(name: string, ...words: readonly string[]): Promise<bigint>;
  /** Runs a shell's words in a container. */
  inside(name: string, words: string): Promise<DockerResult>;
  close(): Promise<void>;
}

export async function openMappingWorld(): Promise<MappingWorld> {
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await engine.load(await mappingImage(image));
  const imageId = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image)).stdout;
  const sensor = await startTestSensor(engine.root);
  const agent = new TestAgent(sensor.socket);
  agent.send({ kind: 'configure', bucketNs, permissionBudgetMs: 200, eventsPerSecond: 100_000 });
  const world: MappingWorld = {
    engine,
    sensor,
    agent,
    async setPolicy({ files, ...changes }) {
      const version = 1 + agent.of('policy-reply').length;
      expect(await agent.putTable(7, files ?? (await allFiles(engine)))).toMatchObject({ accepted: 1 });
      const whole = { policy: 7, version, flags: policyFlag.tabled, table: 7, images: [imageId], tools: [] };
      agent.send({ kind: 'policy', ...whole, edges: [], digests: [], folders: [], ...prevent, ...changes });
      expect(await agent.until('policy-reply', (one) => one.version === version)).toMatchObject({ accepted: 1 });
    },
    async start(name, ...words) {
      const run = ['run', '-d', '--name', name, '--network', 'none', ...words, image, 'sleep', '600'];
      const { stdout } = await docker(engine, ...run);
      return (await agent.until('container', ({ id }) => id === stdout)).cgroup;
    },
    inside: (name, words) => docker(engine, 'exec', name, 'sh', '-c', words),
    async close() {
      agent.close();
      await sensor.stop();
      await engine.stop();
    },
  };
  try {
    await world.setPolicy({});
  } catch (error) {
    await world.close();
    throw error;
  }
  return world;
}

async function allFiles(engine: TestEngine): Promise<readonly TableFile[]> {
  return await Promise.all(mappingFiles.map(async (path) => ({ file: await imageFile(engine, [image, path]) })));
}
