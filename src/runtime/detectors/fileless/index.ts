import type { Detector } from '../../detector.ts';
import { sentence } from '../../sentence.ts';

/** memfd: no file that anybody could look at later. */
export const fileless: Detector = {
  id: 'fileless',
  version: 1,
  summary: 'A program runs out of memory, without a file',
  techniques: ['T1620'],
  aspect: 'drift',
  detect(sighting, { permission }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || sighting.origin !== 'memory') return undefined;
    return {
      severity: 'critical',
      technique: 'T1620',
      message: sentence(sighting, 'which exists in memory only'),
      remedy: 'Take the container as compromised: keep it for inspection, and start a new one from its image.',
    };
  },
};
