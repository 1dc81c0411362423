import type { ReactNode } from 'react';
import { useNow } from '../../ui/clock.ts';
import { counted, utcTime, zonedTime } from '../../ui/format.ts';

const day = 24 * 60 * 60_000;

/** How long the days of grace last: `blocks in 9 days`. */
export function BlocksIn({ moment }: { readonly moment: string }): ReactNode {
  const now = useNow();
  const left = Math.ceil((Date.parse(moment) - now.getTime()) / day);
  return (
    <>
      {' '}
      <time className="mark dashed" dateTime={moment} title={`${zonedTime(moment)}, ${utcTime(moment)}`}>
        {left <= 0 ? 'blocks now' : `blocks in ${counted(left, 'day')}`}
      </time>
    </>
  );
}
