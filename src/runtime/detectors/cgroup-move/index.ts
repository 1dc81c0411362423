import type { Detector } from '../../detector.ts';
import type { MoveSighting } from '../../event.ts';
import { printable } from '../../printable.ts';
import { baseName } from '../../programs.ts';

/** Leaving the container's cgroup escapes limits and whoever tells containers by cgroups; the sensor goes on judging it. */
export const cgroupMove: Detector = {
  id: 'cgroup-move',
  version: 1,
  summary: "A process is moved out of its container's cgroup, or started outside of it",
  techniques: ['T1611'],
  aspect: 'move',
  detect(sighting) {
    if (sighting.kind !== 'move') return undefined;
    return {
      severity: sighting.other === undefined ? 'high' : 'medium',
      technique: 'T1611',
      message: `${deedOf(sighting)}.`.slice(0, 2000),
      remedy:
        sighting.other === undefined
          ? "The process is still judged by the container's policy. Find out what it did, and take away the container's write access to cgroups: run it without --privileged and mount no cgroup file system into it."
          : "The process is still judged by the container's policy. Ask who manages cgroups on this host, and let it leave the cgroups of containers alone.",
    };
  },
};

function deedOf({ process, container, moved, to, isToContainer, isBorn, other }: MoveSighting): string {
  const where = `${printable(to)}${isToContainer ? ', which is the cgroup of another container' : ''}`;
  const name = printable(container.name);
  const who =
    other === undefined
      ? `${baseName(printable(process.path))} in ${name}`
      : `${baseName(printable(other))}, which is outside of ${name},`;
  return isBorn
    ? `${who} started process ${moved.pid} outside of the container's cgroup, in ${where}`
    : `${who} moved process ${moved.pid} out of the container's cgroup to ${where}`;
}
