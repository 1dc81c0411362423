import type { Detector } from '../../detector.ts';
import { isLoader } from '../../programs.ts';
import { sentence } from '../../sentence.ts';

/** `/lib64/ld-linux-x86-64.so.2 /tmp/x` runs what may not be executed itself. */
export const loader: Detector = {
  id: 'loader',
  version: 1,
  summary: 'The dynamic loader is run as a program, to start another past its check',
  techniques: ['T1218'],
  aspect: 'drift',
  detect(sighting, { permission }) {
    if (sighting.kind !== 'exec' || permission === 'allowed') return undefined;
    if (sighting.reason !== 'loader' && !isLoader(sighting.process.path)) return undefined;
    return {
      severity: 'high',
      technique: 'T1218',
      message: sentence(sighting, 'the dynamic loader, which starts other files past the check of their own start'),
      remedy:
        'Look at its arguments: the file that they name is what was to run. Allow the line only if the application works this way.',
    };
  },
};
