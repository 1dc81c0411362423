import type { OptionValue } from './command.ts';

/**
 * Lets a command end with the program that started it: with `--until-input-ends`, `ended` is called when standard input
 * ends, however its writer ends. The answer stops listening, without which the process would stay.
 */
export function untilInputEnds(option: OptionValue, ended: () => void): () => void {
  if (option !== true) return () => undefined;
  const input = process.stdin;
  if (input.readableEnded || input.destroyed) queueMicrotask(ended);
  input.once('close', ended).resume();
  return () => void input.off('close', ended).destroy();
}
