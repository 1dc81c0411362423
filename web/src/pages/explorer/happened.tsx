import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { useActivated, useNewlyFound, useOpenIncidents, useRefused } from './happenings.ts';
import { briefTitle } from './headline.ts';

/** What happened: open incidents, refused starts, new findings and models that became active, each with its newest. */
export function Happened(): ReactNode {
  const incidents = useOpenIncidents().data;
  const refused = useRefused().data;
  const activated = useActivated().data?.total;
  const [incident] = incidents?.incidents ?? [];
  const [decision] = refused?.decisions ?? [];
  const denied = refused?.day.denied;
  return (
    <section className="section">
      <header>
        <h2>What happened</h2>
      </header>
      <ul className="unknowns happened">
        <Line value={incidents?.open} name="open incident" link={{ to: '/incidents', search: { state: 'open' } }}>
          {incident && (
            <>
              <Link to="/incidents/$id" params={{ id: String(incident.id) }}>
                {briefTitle(incident.title)}
              </Link>{' '}
              <When moment={incident.lastAt} />
            </>
          )}
        </Line>
        <Line
          value={denied}
          name="refused start"
          link={{ to: '/deployments', search: { answer: 'deny', since: 'day' } }}
        >
          in 24 hours
          {decision && denied !== undefined && denied > 0 && (
            <>
              {', the newest '}
              <Link to="/deployments" search={{ decision: decision.id }}>
                {decision.subject}
              </Link>{' '}
              <When moment={decision.time} />
            </>
          )}
        </Line>
        <NewlyFound />
        <Line
          value={activated}
          name="model activated"
          many="models activated"
          calm="yes"
          link={{ to: '/runtime', search: { activated: 'day' } }}
        >
          in 24 hours
        </Line>
      </ul>
    </section>
  );
}

function NewlyFound(): ReactNode {
  return (
    <Line
      value={useNewlyFound().data?.total}
      name="vulnerability newly found"
      many="vulnerabilities newly found"
      calm="yes"
      link={{ to: '/vulnerabilities', search: { since: 'day' } }}
    >
      in an image, in 24 hours
    </Line>
  );
}

interface LineProps {
  /** Missing: unknown yet. */
  readonly value: number | undefined;
  readonly name: string;
  readonly many?: string;
  /** It needs nobody. */
  readonly calm?: 'yes';
  readonly link: LinkProps;
  readonly children: ReactNode;
}

function Line({ value, name, many = `${name}s`, calm, link, children }: LineProps): ReactNode {
  const figure = value === undefined ? '…' : count(value);
  const state = value === undefined ? 'hatch' : value === 0 ? 'none' : calm === undefined ? 'alarm' : '';
  const words = value === undefined ? many : counted(value, name, many).replace(/^\S+ /, '');
  return (
    <li>
      <span className={`unknown-figure ${state}`}>
        <Link {...link} aria-label={`${figure} ${words}`}>
          <Glow value={figure}>{figure}</Glow>
        </Link>
      </span>
      <p>
        <span className={value === 0 ? 'soft' : 'strong'}>{words}</span>
        <br />
        <span className="small quiet breakable">{children}</span>
      </p>
    </li>
  );
}
