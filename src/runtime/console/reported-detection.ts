import { createHash } from 'node:crypto';
import type { Detection } from '../contract.ts';

/** Detector of what is not protected as a rule asks. */
export const protectionDetector = 'protection';

/** What the console itself has to tell: no sensor saw it. */
export interface Reported
  extends Pick<
    Detection,
    'id' | 'time' | 'detector' | 'container' | 'severity' | 'technique' | 'message' | 'seen' | 'remedy'
  > {
  /** Part of the product that it is about. */
  readonly program: string;
  readonly expected: string;
  /** What the console did about it; `observed` unless said. */
  readonly outcome?: 'observed' | 'refused' | 'stopped';
}

/** A detection that the console tells: it stands among those of containers and opens incidents as they do. */
export function reportedDetection({ program, outcome = 'observed', ...reported }: Reported): Detection {
  return {
    ...reported,
    dimension: 'process',
    class: 'notable',
    notice: false,
    effect: 'alert',
    outcome,
    entrypoint: [],
    session: 'entry',
    process: { path: program },
    ancestors: [],
    count: 1,
  };
}

/** Id of a detection by what makes it another one, however long that is: hosts have long names. */
export function reportedId(about: string, key: string): string {
  return `${about} ${createHash('sha256').update(key).digest('hex')}`;
}

/** A container as detections name it. Its id is 64 digits; what is none gets some of its own, the same each time. */
export function reportedContainer({ id, name, image }: Detection['container']): Detection['container'] {
  return {
    id: /^[0-9a-f]{64}$/.test(id) ? id : createHash('sha256').update(id).digest('hex'),
    name: (name === '' ? id.slice(0, 12) : name).slice(0, 255),
    image: image.slice(0, 512),
  };
}
