import type { Fact } from './contract.ts';
import { followsArguments, isLoader, isMultiCall, kindOf } from './programs.ts';

/**
 * Path of a program of the image that starts itself again, as sshd does to read its settings; `undefined` for any other
 * fact. Where such a program may run at all it may do so: nothing comes that did not run before. Shells, interpreters and
 * what else runs code, programs that start others, network tools, and programs that hold many, do other things with other
 * arguments, so theirs are learned as usual.
 */
export function selfStart(fact: Fact): string | undefined {
  if (fact.dimension !== 'process' || fact.caller !== fact.path) return undefined;
  if (fact.origin !== undefined || fact.session !== undefined) return undefined;
  return isPlain(fact.path) ? fact.path : undefined;
}

/** Whether a program does the same whoever starts it, as far as its kind tells. */
export function isPlain(path: string): boolean {
  return kindOf(path) === 'other' && !isMultiCall(path) && !isLoader(path) && !followsArguments(path);
}
