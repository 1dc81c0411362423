import type { Detector } from '../../detector.ts';
import { sentence } from '../../sentence.ts';

/** `docker exec`: once for each session, with its first program. */
export const execSession: Detector = {
  id: 'exec-session',
  version: 1,
  summary: 'Somebody runs a program in a running container, as with docker exec',
  techniques: ['T1609'],
  aspect: 'session',
  detect(sighting, { permission }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || sighting.session !== 'exec' || !sighting.isFirst)
      return undefined;
    return {
      severity: 'low',
      technique: 'T1609',
      message: sentence(sighting, 'which the application did not ask for'),
      remedy: 'Ask who did so. What a session does is never learned; a rule may leave sessions unjudged.',
    };
  },
};
