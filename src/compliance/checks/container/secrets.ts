import { type SecretSeen, titleOfDetector } from '#secrets/index.ts';
import { fail, type Judgement, pass, warn } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

const remedy = {
  docker: 'Mount the secret as a file, and let the program read it there',
  compose: 'Use secrets, and let the program read /run/secrets/NAME',
  kubernetes: 'Mount a Secret as a volume, and let the program read it there',
} as const;

export const secretChecks = [
  containerCheck({
    id: 'CTR-072',
    title: 'Its environment holds no secret',
    why: 'Everyone who may inspect the container reads it, and so does every program that it starts.',
    remedy,
    severity: 'high',
    nist: ['4.1.4'],
    cis: ['4.10'],
    version: 1,
    needs: ['environmentSecrets'],
    judge: ({ environmentSecrets }) => judgeSecrets(environmentSecrets),
  }),
  containerCheck({
    id: 'CTR-073',
    title: 'Its command line holds no secret',
    why: 'Everyone on the host who may list processes reads it.',
    remedy,
    severity: 'medium',
    nist: ['4.1.4'],
    cis: ['4.10'],
    version: 1,
    needs: ['argumentSecrets'],
    judge: ({ argumentSecrets }) => judgeSecrets(argumentSecrets),
  }),
];

/** What only looks like one is worth a look. */
export function judgeSecrets(places: readonly SecretSeen[]): Judgement {
  const words = (all: readonly SecretSeen[]) =>
    all.map(({ where, detector }) => `${placeOf(where)}: ${titleOfDetector(detector)}`);
  const sure = places.filter(({ certainty }) => certainty === 'sure');
  const likely = places.filter(({ certainty }) => certainty === 'likely');
  if (sure.length > 0) return fail(...words(sure), ...words(likely));
  return likely.length > 0 ? warn(...words(likely)) : pass;
}

function placeOf(where: SecretSeen['where']): string {
  return where.kind === 'arguments' ? `argument ${where.index}` : 'name' in where ? where.name : where.kind;
}
