import type { Detection } from './contract.ts';

/** What one page can tell. */
const mostInStory = 500;
/** Of detections of one kind, so many of the first and of the last. */
const mostOfEnd = 5;

/**
 * The detections that tell an incident's story, in the order in which they are given. Of what came again and again the
 * first and the last ones stay; where that is still too much, what was stopped and what is newest.
 */
export function storyOf(detections: readonly Detection[]): readonly Detection[] {
  const kinds = Map.groupBy(detections, kindOf);
  const ends = new Set([...kinds.values()].flatMap((same) => [...same.slice(0, mostOfEnd), ...same.slice(-mostOfEnd)]));
  const told = detections.filter((one) => ends.has(one));
  if (told.length <= mostInStory) return told;
  const isStopped = ({ outcome }: Detection): number => (outcome === 'observed' ? 0 : 1);
  const weightiest = told.toReversed().toSorted((one, other) => isStopped(other) - isStopped(one));
  const kept = new Set(weightiest.slice(0, mostInStory));
  return told.filter((one) => kept.has(one));
}

function kindOf({ detector, outcome, notice, process, ancestors, file }: Detection): string {
  return JSON.stringify([detector, outcome, notice, process.path, process.applet, ancestors[0]?.path, file?.path]);
}
