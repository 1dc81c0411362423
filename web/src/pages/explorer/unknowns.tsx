import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import { type DatabaseReply, feedSentence, feedStateOf } from '../../app/feed-sentence.ts';
import { useNow } from '../../ui/clock.ts';
import { count } from '../../ui/format.ts';

/** What no verdict speaks for; as large as the rest, because it is not fine. */
export function Unknowns({ overview }: { readonly overview: Overview }): ReactNode {
  const { verdicts, unscanned, flaws } = overview;
  const database = overview.database as DatabaseReply;
  const now = useNow();
  const stale =
    database.state === 'ready' ? database.info.sources.filter((feed) => feedStateOf(feed, now) !== 'fresh').length : 1;
  return (
    <section className="section">
      <header>
        <h2>Unknown</h2>
        <span className="quiet small">never counted as fine</span>
      </header>
      <ul className="unknowns">
        <Unknown
          value={unscanned}
          title="not scanned"
          text="on hosts that report, with the reason each"
          link={{ to: '/images', search: { verdict: 'unscanned' } }}
        />
        <Unknown
          value={verdicts.cannotJudge}
          title="cannot be judged"
          text="the scan did not see everything, or the feeds are old"
          link={{ to: '/images', search: { verdict: 'cannot-judge' } }}
        />
        <Unknown
          value={flaws.unrated}
          title="flaws that nobody has rated"
          text="counted as reaching the limit until someone does"
          link={{ to: '/vulnerabilities', search: { severity: 'unrated' } }}
        />
        <Unknown
          value={stale}
          title="feeds stale or without a date"
          text={feedSentence(database, now)}
          link={{ to: '/feeds' }}
        />
      </ul>
    </section>
  );
}

interface UnknownProps {
  readonly value: number;
  readonly title: string;
  readonly text: string;
  readonly link: LinkProps;
}

function Unknown({ value, title, text, link }: UnknownProps): ReactNode {
  return (
    <li>
      <span className={value === 0 ? 'unknown-figure none' : 'unknown-figure hatch'}>
        <Link {...link} aria-label={`${count(value)} ${title}`}>
          {count(value)}
        </Link>
      </span>
      <p>
        <span className={value === 0 ? 'soft' : 'strong'}>{title}</span>
        <br />
        <span className="small quiet">{text}</span>
      </p>
    </li>
  );
}
