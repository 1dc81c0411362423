import type { ReactNode } from 'react';
import { useNow } from '../../ui/clock.ts';
import { dayAfter } from './exception-words.ts';

/** Days after which an exception ends where nobody chooses. */
export const usualDays = 30;

interface UntilProps {
  /** In the reader's time zone, `2026-12-24`; an exception applies until its end. */
  readonly day: string;
  readonly choose: (day: string) => void;
}

/** The last day of an exception, today or later. */
export function UntilField({ day, choose }: UntilProps): ReactNode {
  const now = useNow();
  return (
    <label className="field">
      Until the end of
      <input
        type="date"
        required
        min={dayAfter(now, 0)}
        value={day}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
    </label>
  );
}
