import { neverLearnedOf } from '../../classify.ts';
import type { Detector } from '../../detector.ts';
import { sentence } from '../../sentence.ts';

/** Tools that people and attackers use, and applications do not. */
export const forbiddenTool: Detector = {
  id: 'forbidden-tool',
  version: 1,
  summary: 'A package manager, network tool or steering tool runs: they are on the never-learn list',
  techniques: [
    'T1072',
    'T1046',
    'T1021.004',
    'T1040',
    'T1572',
    'T1095',
    'T1609',
    'T1611',
    'T1055',
    'T1547.006',
    'T1048',
  ],
  aspect: 'tool',
  detect(sighting, { permission, classified, neverLearn }) {
    if (sighting.kind !== 'exec' || permission === 'allowed' || classified.declared) return undefined;
    const why = neverLearnedOf(sighting, neverLearn);
    if (why === undefined) return undefined;
    const technique = techniques.find(([words]) => why.includes(words))?.[1];
    return {
      severity: 'high',
      ...(technique === undefined ? {} : { technique }),
      message: sentence(sighting, `a tool that is never learned: ${why.replace(/\.$/, '')}`),
      remedy:
        'Applications seldom need it: install software when the image is built, and leave such tools out of it. If this one belongs there, allow the line.',
    };
  },
};

const techniques: readonly (readonly [string, string])[] = [
  ['installs packages', 'T1072'],
  ['fetches a package', 'T1072'],
  ['scans networks', 'T1046'],
  ['opens sessions', 'T1021.004'],
  ['copies files', 'T1048'],
  ['listens to traffic', 'T1040'],
  ['tunnels traffic', 'T1572'],
  ['connects anything', 'T1095'],
  ['steers a', 'T1609'],
  ['enters other namespaces', 'T1611'],
  ['other processes', 'T1055'],
  ['kernel modules', 'T1547.006'],
];
