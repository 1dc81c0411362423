import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import { noEnvironment, useEnvironment } from '../../app/environment.ts';
import { count, counted } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { Counts, StackBar, totalOf } from '../../ui/severity.tsx';
import { State, stateOfVerdict, verdictWords } from '../../ui/state-mark.tsx';

const order = [
  ['fail', 'fail'],
  ['cannotJudge', 'cannot-judge'],
  ['pending', 'pending'],
  ['pass', 'pass'],
] as const;

/** Verdicts as lengths and figures, and the vulnerabilities behind them. */
export function HowItStands({ overview }: { readonly overview: Overview }): ReactNode {
  const { verdicts, images, vulnerabilities, findings } = overview;
  const chosen = useEnvironment();
  const where = chosen === undefined || chosen === noEnvironment ? 'over all images and hosts' : 'of what runs';
  return (
    <section className="section">
      <header>
        <h2>Verdicts and findings</h2>
        <span className="quiet small">
          <Link to="/images">{counted(images, 'image')}</Link> on{' '}
          <Link to="/hosts">{counted(overview.hosts, 'host')}</Link>
        </span>
      </header>
      <div className="verdict-bar" aria-hidden="true">
        {order.map(
          ([key, verdict]) =>
            verdicts[key] > 0 && <span key={key} data-verdict={verdict} style={{ flex: verdicts[key] }} />,
        )}
      </div>
      <ul className="figures">
        {order.map(([key, verdict]) => (
          <li key={key}>
            <Figure value={verdicts[key]} link={{ to: '/images', search: { verdict } }} />
            <State state={stateOfVerdict(verdict === 'pending' ? undefined : verdict)}>{verdictWords[verdict]}</State>
          </li>
        ))}
      </ul>
      <div className="vulnerabilities">
        <p>
          <Link className="strong" to="/vulnerabilities">
            {counted(totalOf(vulnerabilities), 'vulnerability', 'vulnerabilities')}
          </Link>{' '}
          <span className="quiet small">
            in {counted(totalOf(findings), 'finding')} {where}
          </span>
        </p>
        <StackBar counts={vulnerabilities} />
        <Counts
          counts={vulnerabilities}
          form="line"
          linkTo={(severity) => ({ to: '/vulnerabilities', search: { severity } })}
        />
      </div>
    </section>
  );
}

function Figure({ value, link }: { readonly value: number; readonly link: LinkProps }): ReactNode {
  return (
    <Link className="figure" {...link}>
      <Glow value={value}>{count(value)}</Glow>
    </Link>
  );
}
