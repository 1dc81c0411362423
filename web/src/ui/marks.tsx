import type { CSSProperties, ReactNode } from 'react';
import type { Finding } from '#vulnerability/contract.ts';
import { CopyButton } from './copy-button.tsx';
import { ago, dateTime, percent, shortDigest, utcTime, zonedTime } from './format.ts';
import { useNow } from './clock.ts';

/** Listed by CISA as exploited in the wild. */
export function KevMark(): ReactNode {
  return (
    <abbr className="mark kev" title="In CISA's catalogue of known exploited vulnerabilities">
      KEV
    </abbr>
  );
}

/** Probability that the vulnerability is exploited within 30 days (FIRST, EPSS). */
export function Epss({ score }: { readonly score: number | undefined }): ReactNode {
  if (score === undefined) return <span className="quiet small">no EPSS</span>;
  return (
    <span className="epss" title="EPSS: probability of exploitation within 30 days">
      <i aria-hidden="true" style={{ '--v': score * 100 } as CSSProperties} />
      <span className="sr">EPSS </span>
      {percent(score)}
    </span>
  );
}

/** A digest, shortened to read and whole to copy. */
export function Hash({ digest, what }: { readonly digest: string; readonly what: string }): ReactNode {
  return (
    <>
      <span className="hash" title={digest}>
        {shortDigest(digest)}
      </span>
      <CopyButton text={digest} what={what} />
    </>
  );
}

/** A moment in the reader's zone, which is named; on hover in UTC. */
export function Moment({ moment }: { readonly moment: string }): ReactNode {
  return (
    <time dateTime={moment} title={utcTime(moment)}>
      {zonedTime(moment)}
    </time>
  );
}

/** The same to the minute. */
export function Minute({ moment }: { readonly moment: string }): ReactNode {
  return (
    <time dateTime={moment} title={utcTime(moment)}>
      {dateTime(moment)}
    </time>
  );
}

/** How long ago, with the exact time on hover, in the reader's zone and in UTC. */
export function When({ moment }: { readonly moment: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={moment} title={`${zonedTime(moment)}, ${utcTime(moment)}`}>
      {ago(moment, now)}
    </time>
  );
}

const statusWords: Readonly<Record<Finding['status'], string>> = {
  fixed: 'Fixed',
  affected: 'No fix yet',
  'will-not-fix': 'Will not be fixed',
  deferred: 'Fix deferred',
  'end-of-life': 'End of life',
  'under-investigation': 'Under investigation',
};

/** Why there is no fixed version to name. */
export function statusWord(status: Finding['status']): string {
  return statusWords[status];
}
