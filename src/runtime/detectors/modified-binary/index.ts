import type { Detector } from '../../detector.ts';
import { sentence } from '../../sentence.ts';

/** The image has a file at this path, and it is another one. */
export const modifiedBinary: Detector = {
  id: 'modified-binary',
  version: 1,
  summary: 'A program of the image runs that was changed since',
  techniques: ['T1554'],
  aspect: 'drift',
  detect(sighting, { permission }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || sighting.reason !== 'modified') return undefined;
    return {
      severity: 'critical',
      technique: 'T1554',
      message: sentence(sighting, 'which is not the file that the image has there'),
      remedy:
        'Take the container as compromised: keep its layer for inspection and recreate it from its image. An update of software belongs into a new image.',
    };
  },
};
