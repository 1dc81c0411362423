import type { Detector } from '../../detector.ts';
import { isMiner, minerWord, namesOf } from '../../programs.ts';
import { printable } from '../../printable.ts';
import { sentence } from '../../sentence.ts';

/** By name, or by arguments that only miners take. Known to the model or not: only a person's word makes it silent. */
export const miner: Detector = {
  id: 'miner',
  version: 1,
  summary: 'A program mines coins: by its name, or by arguments such as stratum+tcp://',
  techniques: ['T1496'],
  aspect: 'threat',
  detect(sighting, { permission, index, fact }) {
    if (sighting.kind !== 'exec') return undefined;
    if (permission === 'allowed' && index?.entryFor(fact)?.source === 'user') return undefined;
    const name = namesOf(sighting).find(isMiner);
    const word = minerWord(sighting.process.argv ?? []);
    if (name === undefined && word === undefined) return undefined;
    const sign =
      word === undefined
        ? `known by the name ${printable(name ?? '')}`
        : `with the argument ${printable(word).slice(0, 200)}`;
    return {
      severity: 'critical',
      technique: 'T1496',
      message: sentence(sighting, `a miner ${sign}`),
      remedy:
        'Stop the container, and find out how the program came in: through the image, or through the application.',
    };
  },
};
