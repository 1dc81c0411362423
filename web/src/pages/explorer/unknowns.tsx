import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import { type DatabaseReply, feedSentence, feedStateOf } from '../../app/feed-sentence.ts';
import { useNow } from '../../ui/clock.ts';
import { useEnvironment } from '../../app/environment.ts';
import { count } from '../../ui/format.ts';
import { lackSentence, notProtected } from '../sensor/protection-words.ts';
import { useProtection, useUnprotected } from '../sensor/sensors.ts';

/** Images named beside a number of them. */
const namedImages = 3;

/** What no verdict speaks for; as large as the rest, because it is not fine. */
export function Unknowns({ overview }: { readonly overview: Overview }): ReactNode {
  const { verdicts, unscanned, vulnerabilities } = overview;
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
          value={overview.staleHosts}
          title="hosts whose agents are away"
          text="what is shown of them may be out of date"
          link={{ to: '/hosts', search: { state: 'away' } }}
        />
        <Unprotected />
        <UnknownProtection />
        <Differences images={overview.differences} />
        <Unknown
          value={vulnerabilities.unrated}
          title="vulnerabilities that nobody has rated"
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

/** Containers of which nobody can say what is in force, and those that lack what their rule asks for. */
function UnknownProtection(): ReactNode {
  const protection = useProtection();
  const lacking = protection && notProtected(protection.preventing);
  return (
    <>
      <Unknown
        value={protection?.all.unknown}
        title="running containers of unknown protection"
        text="no working sensor has reported them, with the reason each"
        link={{ to: '/containers', search: { protection: 'unknown', state: 'up' } }}
      />
      <Unknown
        value={lacking}
        title="containers not protected as their rule asks"
        text={
          lacking === 0 || protection === undefined
            ? 'by what their sensors reported'
            : lackSentence(protection.preventing)
        }
        link={{ to: '/containers', search: { protection: 'not-protected', state: 'up' } }}
      />
    </>
  );
}

/** Hosts on which something is not protected as rules ask, or nobody can say. */
function Unprotected(): ReactNode {
  const value = useUnprotected(useEnvironment());
  return (
    <Unknown
      value={value}
      title={value === 1 ? 'host not known to be protected' : 'hosts not known to be protected'}
      text="without a working sensor, or with a container that lacks what its rule asks for"
      link={{ to: '/hosts', search: { state: 'unprotected' } }}
    />
  );
}

/** Images in which two publishers found different things; each is named, because one of them is wrong. */
function Differences({ images }: { readonly images: Overview['differences'] }): ReactNode {
  const first = images[0];
  if (first === undefined) return null;
  return (
    <Unknown
      value={images.length}
      title={images.length === 1 ? 'image in which publishers differ' : 'images in which publishers differ'}
      text={images.slice(0, namedImages).map((one, index) => (
        <span key={one.subject}>
          {index > 0 && ', '}
          <Link to="/images/$subject" params={{ subject: one.subject }} hash="differences">
            {one.image}
          </Link>
        </span>
      ))}
      link={{ to: '/images/$subject', params: { subject: first.subject }, hash: 'differences' }}
    />
  );
}

interface UnknownProps {
  /** Missing: not known yet. */
  readonly value: number | undefined;
  readonly title: string;
  readonly text: ReactNode;
  readonly link: LinkProps;
}

function Unknown({ value, title, text, link }: UnknownProps): ReactNode {
  const figure = value === undefined ? '…' : count(value);
  return (
    <li>
      <span className={value === 0 ? 'unknown-figure none' : 'unknown-figure hatch'}>
        <Link {...link} aria-label={`${figure} ${title}`}>
          {figure}
        </Link>
      </span>
      <p>
        <span className={value === 0 ? 'soft' : 'strong'}>{title}</span>
        <br />
        <span className="small quiet breakable">{text}</span>
      </p>
    </li>
  );
}
