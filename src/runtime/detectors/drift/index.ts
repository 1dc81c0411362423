import type { Detector } from '../../detector.ts';
import { lateRemedy, sentence } from '../../sentence.ts';

/** A program that is not in the image: written, copied or mounted into the container. */
export const drift: Detector = {
  id: 'drift',
  version: 1,
  summary: 'A program runs that is not in the image: written in the container, on a mount, or deleted',
  techniques: ['T1105'],
  aspect: 'drift',
  detect(sighting, { permission, classified }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || classified.declared) return undefined;
    const wrong = words[sighting.origin];
    if (wrong === undefined || sighting.reason === 'modified') return undefined;
    return {
      severity: 'high',
      technique: 'T1105',
      message: sentence(sighting, wrong),
      remedy: `${lateRemedy(sighting)}Find out what wrote the file, then recreate the container from its image. If the application needs the program, add it to the image; to accept this one file, allow it by its hash.`,
    };
  },
};

const words: Readonly<Partial<Record<string, string>>> = {
  upper: 'a file that is not in the image',
  'other-mount': 'a file on a mount that is not in the image',
  deleted: 'a file that was deleted before it ran',
};
