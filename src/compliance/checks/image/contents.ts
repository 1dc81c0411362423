import { isTestOrDocumentation } from '#secrets/index.ts';
import type { ImageShape } from '#catalog/index.ts';
import { fail, failIfAny, type Judgement, pass, warn } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const about = { version: 1, nist: ['4.1.3'] } as const;

type Miner = ImageShape['miners'][number];

const minerWords: Readonly<Record<Miner['by'], (seen: string) => string>> = {
  name: (seen) => `is called ${seen}`,
  pool: (seen) => `names the pool ${seen}`,
  protocol: (seen) => `speaks the protocol of pools (${seen})`,
};

/** What lies in the files of an image. */
export const contentChecks = [
  imageCheck({
    ...about,
    id: 'IMG-040',
    title: 'No layer holds known malware',
    why: 'Malware in an image runs on every host that starts it. In a lower layer it is pulled as well, though a later one hides it.',
    severity: 'critical',
    remedy: {
      dockerfile:
        'Remove what brings the file and build from a base without it. Look at hosts that ran the image, and replace every secret that its containers had',
    },
    needs: ['malware'],
    judge: ({ malware: { set, matches } }) =>
      failIfAny(
        matches.map(
          ({ path, layer, by, name }) =>
            `${path} in layer ${layer + 1}: ${name} (${by === 'hash' ? 'hash' : 'YARA rule'} of ${set.name} ${set.version})`,
        ),
      ),
  }),
  imageCheck({
    ...about,
    id: 'IMG-041',
    title: 'The image holds no miner of cryptocurrency',
    why: 'A miner takes processors that others pay for, and shows that strangers put files into the image.',
    severity: 'critical',
    remedy: {
      dockerfile:
        'Find the step or base that brings the file (its layer is in docker history), remove it and build again',
    },
    needs: ['miners'],
    judge: ({ miners }) => judgeMiners(miners),
  }),
  imageCheck({
    ...about,
    id: 'IMG-042',
    title: 'No program of unknown origin is packed',
    why: 'Packing hides from every scanner what a program does, and what it is built of.',
    severity: 'medium',
    remedy: {
      dockerfile: 'Install the program unpacked, from a package where there is one; upx -d unpacks what UPX packed',
    },
    needs: ['packed'],
    judge: ({ packed }) => {
      const unknown = packed.filter(({ package: owner }) => owner === undefined);
      const seen = unknown.map(({ path, by, entropy }) =>
        by === 'upx' ? `${path}: packed by UPX` : `${path}: its code has ${entropy?.toFixed(2)} bits a byte`,
      );
      return seen.length === 0 ? pass : warn(...seen);
    },
  }),
] as const;

/** A program of a distribution's package that only speaks the protocol, and a manual that names a pool, are worth a look. */
function judgeMiners(miners: readonly Miner[]): Judgement {
  const isBreach = ({ by, path, isProgram, package: owner }: Miner): boolean =>
    isProgram ? by !== 'protocol' || owner === undefined : owner === undefined && !isTestOrDocumentation(path.slice(1));
  const breaches = miners.filter(isBreach);
  const others = miners.filter((one) => !isBreach(one));
  const seen = [...breaches, ...others].map(({ path, by, seen: what }) => `${path} ${minerWords[by](what)}`);
  if (seen.length === 0) return pass;
  return breaches.length > 0 ? fail(...seen) : warn(...seen);
}
