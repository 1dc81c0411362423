import type { VerdictKind } from '#policy/index.ts';
import type { ExitCode } from '../command.ts';

/** What a command that judges ends with. */
export const exitCodes: Readonly<Record<VerdictKind, ExitCode>> = { pass: 0, fail: 1, 'cannot-judge': 3 };
