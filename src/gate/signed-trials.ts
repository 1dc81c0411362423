/** The bytes of a statement about trials that are signed: nothing else that a host's key signs begins like this. */
export function signedBytesOfTrials(statement: string): Buffer {
  return Buffer.from(`seawall trials 1\n${statement}`);
}
