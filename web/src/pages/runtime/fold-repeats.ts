import type { Detection } from '#runtime/contract.ts';
import { commandOf } from './command-words.ts';

/** An event with its repeats. */
export interface Repeated {
  /** The first of them. */
  readonly detection: Detection;
  readonly times: number;
  readonly lastAt: string;
}

/** Events in the order of their times, equal ones as one: the same program did the same, with the same answer. */
export function foldRepeats(detections: readonly Detection[]): readonly Repeated[] {
  return [...Map.groupBy(detections, kindOf).values()].flatMap((same) => {
    const [first, last] = [same[0], same.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ detection: first, times: same.reduce((sum, { count }) => sum + count, 0), lastAt: last.time }];
  });
}

function kindOf({ detector, outcome, notice, container, process, file, message }: Detection): string {
  return JSON.stringify([container.id, detector, outcome, notice, commandOf(process), file?.path, message]);
}
