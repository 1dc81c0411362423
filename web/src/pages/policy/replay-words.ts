import type { PolicyReplay } from '#policy/contract.ts';
import { count, counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

type Side = PolicyReplay['running'];

/** What a replay comes to: the state of its mark, and a sentence. */
export interface ReplaySaid {
  readonly state: MarkState;
  readonly verdict: string;
  readonly reason: string;
}

/** The replay in one sentence: what runs first, then past builds. */
export function sayReplay(replay: PolicyReplay): ReplaySaid {
  const said = sayReplayed(replay);
  const { left } = replay;
  if (left === 0) return said;
  const reason = `${said.reason} ${counted(left, 'older verdict')} ${left === 1 ? 'is' : 'are'} left out: too many to replay at once.`;
  return { ...said, state: said.state === 'pass' ? 'unknown' : said.state, reason: reason.trim() };
}

function sayReplayed({ running, builds, changes }: PolicyReplay): ReplaySaid {
  const judged = running.judged + builds.judged;
  if (judged === 0)
    return {
      state: 'unknown',
      verdict: 'Nothing to replay.',
      reason: 'No image runs, and no build was scanned in this period.',
    };
  const moves = [sayMoves(running, 'Running'), sayMoves(builds, 'Builds')].filter((one) => one !== '');
  if (changes.length === 0) {
    const more =
      running.after.violations + builds.after.violations - running.before.violations - builds.before.violations;
    return {
      state: 'pass',
      verdict: 'No verdict would change.',
      reason:
        more === 0
          ? `${counted(judged, 'verdict')} unchanged.`
          : `${counted(Math.abs(more), 'violation')} would be ${more > 0 ? 'added' : 'resolved'}.`,
    };
  }
  const fails = running.after.fail - running.before.fail + (builds.after.fail - builds.before.fail);
  return {
    state: fails > 0 ? 'fail' : 'partly',
    verdict: `${changes.length < mostChanges ? counted(changes.length, 'verdict') : `${count(changes.length)} or more verdicts`} would change.`,
    reason: moves.join(' '),
  };
}

/** The console names this many changes at most. */
const mostChanges = 200;

function sayMoves({ before, after }: Side, what: string): string {
  const parts = [
    [after.fail - before.fail, 'fail'],
    [after.cannotJudge - before.cannotJudge, 'without a verdict'],
    [after.pass - before.pass, 'pass'],
  ] as const;
  const said = parts.flatMap(([by, word]) => (by === 0 ? [] : [`${by > 0 ? '+' : '−'}${count(Math.abs(by))} ${word}`]));
  return said.length === 0 ? '' : `${what}: ${said.join(', ')}.`;
}

/** `4`, or `4 → 7` */
export function change(before: number, after: number): string {
  return before === after ? count(after) : `${count(before)} → ${count(after)}`;
}
