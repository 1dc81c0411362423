/** The bytes of a statement about running code that are signed: nothing else that a host's key signs begins like this. */
export function signedBytesOf(statement: string): Buffer {
  return Buffer.from(`seawall code 1\n${statement}`);
}
