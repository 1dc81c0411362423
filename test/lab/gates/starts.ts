import type { DockerResult } from '../../make/program-image.ts';
import { expectThat } from '../lab.ts';
import type { Quay } from './quay.ts';

/** A start, and how long it took until the engine answered. */
export interface Start extends DockerResult {
  readonly milliseconds: number;
}

/** `docker run` of an image whose program ends at once. */
export async function start(
  { engine }: Pick<Quay, 'engine'>,
  image: string,
  ...words: readonly string[]
): Promise<Start> {
  const began = performance.now();
  const plain = ['run', '--rm', '--network', 'none', ...words, image, '/bin/sh', '-c', 'exit 0'];
  const result = await engine.docker(...plain);
  return { ...result, milliseconds: Math.round(performance.now() - began) };
}

export async function mustRun(quay: Pick<Quay, 'engine'>, image: string, ...words: readonly string[]): Promise<Start> {
  const started = await start(quay, image, ...words);
  expectThat(started.code === 0, `${image} does not run: ${started.stderr.trim()}`);
  return started;
}

/** Expects that the runtime refuses it, with a sentence that says so. */
export async function mustBeRefused(quay: Pick<Quay, 'engine'>, image: string, says: RegExp): Promise<Start> {
  const started = await start(quay, image);
  expectThat(started.code !== 0, `${image} runs`);
  const sentence = started.stderr.replaceAll(/\s+/g, ' ');
  expectThat(sentence.includes('refused by Seawall') && says.test(sentence), `it says ${sentence}`);
  return started;
}
