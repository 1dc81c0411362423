/** What a check makes of the values that it asked for. */
export type Judgement =
  | { readonly state: 'pass' }
  | {
      readonly state: 'fail' | 'warn';
      /** What was seen that should not be, one short text each: `CAP_SYS_ADMIN`, `/usr/bin/su 4755`. The worst first. */
      readonly seen: readonly string[];
    }
  | {
      readonly state: 'not-applicable';
      /** Why the question does not arise here, as a sentence. */
      readonly reason: string;
    };

export const pass: Judgement = { state: 'pass' };

export function fail(...seen: readonly string[]): Judgement {
  return { state: 'fail', seen };
}

/** Worth a look, but no breach: never blocks. */
export function warn(...seen: readonly string[]): Judgement {
  return { state: 'warn', seen };
}

export function notApplicable(reason: string): Judgement {
  return { state: 'not-applicable', reason };
}

/** Fails with what was seen, or passes when nothing was. */
export function failIfAny(seen: readonly string[]): Judgement {
  return seen.length === 0 ? pass : { state: 'fail', seen };
}
