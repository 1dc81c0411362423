import { startTestEngine, type TestEngine } from './docker.ts';
import { docker, loadProgramImage } from './program-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from './sensor.ts';
import type { PolicyFrame } from '../../src/runtime/agent/wire/policy-frame.ts';

/** Image of the world: small programs, and nothing else. */
export const image = 'programs:1';

/** An engine that has the image, and a sensor with its agent. */
export interface SensorWorld {
  readonly engine: TestEngine;
  readonly sensor: TestSensor;
  readonly agent: TestAgent;
  /** Of the image, as the engine names it. */
  readonly imageId: string;
}

/** Starts it; `closeSensorWorld` ends it. Needs root. */
export async function openSensorWorld(): Promise<SensorWorld> {
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  try {
    await loadProgramImage(engine, image);
    const imageId = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image)).stdout;
    const sensor = await startTestSensor(engine.root);
    return { engine, sensor, agent: new TestAgent(sensor.socket), imageId };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Ends what there is of it: a test may have put another sensor or agent in the place of the first. */
export async function closeSensorWorld({ engine, sensor, agent }: Partial<SensorWorld>): Promise<void> {
  agent?.close();
  await sensor?.stop();
  await engine?.stop();
}

/** What of a policy concerns programs and code that are not the image's. */
export type Effects = Partial<Pick<PolicyFrame, 'driftEffect' | 'codeEffect' | 'digests' | 'folders'>>;

const ignored = { driftEffect: 'ignore', codeEffect: 'ignore', modelEffect: 'ignore', toolEffect: 'ignore' } as const;

/** Policy 7 for the image, without a table; resolves when the sensor took it. */
export async function putEffects(agent: TestAgent, imageId: string, effects: Effects): Promise<void> {
  const before = agent.of('policy-reply').length;
  const lists = { table: 0, images: [imageId], tools: [], edges: [], digests: [], folders: [] };
  agent.send({ kind: 'policy', policy: 7, version: 1, flags: 0, ...lists, ...ignored, ...effects });
  await agent.until('policy-reply', ({ accepted }) => accepted === 1 && agent.of('policy-reply').length > before);
}

/** Buckets of a quarter of an hour, and more events a second than any test has. */
export function configure(agent: TestAgent): void {
  agent.send({ kind: 'configure', bucketNs: 900_000_000_000n, permissionBudgetMs: 200, eventsPerSecond: 100_000 });
}
