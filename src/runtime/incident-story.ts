import type { Detection } from './contract.ts';

/** What one page can tell. */
const mostInStory = 500;
/** Of detections of one kind, so many of the first and of the last. */
const mostOfEnd = 5;

/**
 * The detections that tell an incident's story, in the order in which they are given. Where there are too many, the first
 * and the last ones stay of what came again and again; where that is still too much, what was stopped, then the kinds that
 * came least, then the newest.
 */
export function storyOf(detections: readonly Detection[]): readonly Detection[] {
  if (detections.length <= mostInStory) return detections;
  const kinds = Map.groupBy(detections, kindOf);
  const ends = [...kinds.values()].flatMap((same) => {
    const kept = new Set([...same.slice(0, mostOfEnd), ...same.slice(-mostOfEnd)]);
    return [...kept].map((detection) => ({ detection, size: same.length }));
  });
  const isStopped = ({ outcome }: Detection): number => (outcome === 'observed' ? 0 : 1);
  const places = new Map(detections.map((detection, place) => [detection, place]));
  const placeOf = (detection: Detection): number => places.get(detection) ?? 0;
  const weightiest = ends.toSorted(
    (one, other) =>
      isStopped(other.detection) - isStopped(one.detection) ||
      one.size - other.size ||
      placeOf(other.detection) - placeOf(one.detection),
  );
  const kept = new Set(weightiest.slice(0, mostInStory).map(({ detection }) => detection));
  return detections.filter((one) => kept.has(one));
}

function kindOf({
  detector,
  outcome,
  notice,
  container,
  session,
  process,
  ancestors,
  file,
  message,
}: Detection): string {
  const { path, applet, sha256, argv } = process;
  const program = [path, applet, sha256, argv, ancestors[0]?.path, file?.path, file?.sha256];
  return JSON.stringify([container.id, detector, outcome, notice, session, ...program, message]);
}
