import { AppError } from '#base/index.ts';
import { limits } from '../limits.ts';

/** The share of one body in what is held of large bodies. */
export interface BodyHold {
  /** It has so many bytes now. Throws `AppError` `busy` when its caller, or all callers, hold too much. */
  grow(bytes: number): void;
  /** It is dealt with. */
  release(): void;
}

export interface BodyQuota {
  open(caller: string): BodyHold;
}

interface Held {
  readonly caller: string;
  bytes: number;
}

/** Bounds the memory and the number of large bodies that are held at once; small ones are not counted. */
export function openBodyQuota(): BodyQuota {
  const all = new Set<Held>();
  return {
    open: (caller) => {
      const held: Held = { caller, bytes: 0 };
      return {
        grow: (bytes) => {
          if (bytes <= limits.parsedHereBytes.value) return;
          const others = [...all].filter((one) => one !== held);
          refuseTooMany(others, { caller, bytes });
          held.bytes = bytes;
          all.add(held);
        },
        release: () => void all.delete(held),
      };
    },
  };
}

function refuseTooMany(others: readonly Held[], { caller, bytes }: Held): void {
  const { largeBodies, largeBytes, largeBytesInAll } = limits;
  const mine = others.filter((one) => one.caller === caller);
  if (mine.length >= largeBodies.value)
    throw new AppError('busy', `The console takes ${largeBodies.value} large bodies of one caller at once.`);
  if (bytesOf(mine) + bytes > largeBytes.value)
    throw new AppError('busy', `The console holds ${largeBytes.value} bytes of one caller at once.`);
  if (bytesOf(others) + bytes > largeBytesInAll.value)
    throw new AppError('busy', 'The console holds as much of the bodies of all callers as it may.');
}

function bytesOf(bodies: readonly Held[]): number {
  return bodies.reduce((sum, { bytes }) => sum + bytes, 0);
}
