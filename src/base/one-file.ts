/** This program where all of it is one file: nothing lies beside it that it could start or read. */
export interface OneFile {
  /** Command and words that start a part of it as a process of its own, under these options of Node. */
  startOf(part: Part, nodeOptions: readonly string[]): readonly [string, ...string[]];
  /** A file that it holds. */
  asset(name: string): Uint8Array;
}

/** What the one file starts as a process of its own. */
export type Part = 'layer-worker';

let present: OneFile | undefined;

/** The one file that runs; `undefined` where the program has its files beside it. */
export function oneFile(): OneFile | undefined {
  return present;
}

/** Says, before anything else is done, that this is the one file. */
export function runAsOneFile(file: OneFile): void {
  present = file;
}
