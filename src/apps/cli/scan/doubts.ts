import { faultKindOf } from '#image/index.ts';

/** What was not read may hold anything. What nobody speaks for was seen, and is another matter. */
export function doubtsOf(faults: readonly { readonly code: string; readonly message: string }[]): readonly string[] {
  return faults
    .filter(({ code }) => faultKindOf(code) === 'reading' || faultKindOf(code) === 'content')
    .map(({ message }) => message);
}
