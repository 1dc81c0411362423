import { changeOf, packageParts } from '#ecosystems/contract.ts';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import type { Violation } from '#policy/contract.ts';
import { CodeChange } from '../../ui/code-change.tsx';
import { count, counted } from '../../ui/format.ts';
import { SeverityMark } from '../../ui/severity.tsx';
import { State } from '../../ui/state-mark.tsx';
import { type BrokenRule, planOf, type Step } from './plan.ts';

/** Changes shown at once. */
const firstFew = 5;

/** Each violation beside the exact change that removes it, the change that removes the most first. */
export function WhatToChange({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { verdict, upgrades } = detail;
  const plan = useMemo(() => planOf(verdict, upgrades), [verdict, upgrades]);
  const nothing = plan.rules.length + plan.alerts.length + plan.steps.length + plan.withoutFix.length === 0;
  if (nothing && plan.further.length === 0) return null;
  const subject = detail.row.subject;
  // What withholds a verdict comes first where there is none, and after the upgrades where they decide.
  const rules = plan.rules.map(toViolation);
  return (
    <section className="section" id="change">
      <header>
        <h2>What to change</h2>
        <span className="quiet small">{nothing ? 'nothing that the policy asks for' : 'in this order'}</span>
      </header>
      <ol className="changes">
        {verdict?.kind !== 'fail' && rules}
        {plan.steps.slice(0, firstFew).map((step) => (
          <UpgradeStep key={keyOf(step)} step={step} subject={subject} />
        ))}
        {verdict?.kind === 'fail' && rules}
        {plan.alerts.map(toViolation)}
      </ol>
      <More steps={plan.steps.slice(firstFew)} subject={subject} title="more upgrade" />
      <WithoutFix violations={plan.withoutFix} subject={subject} />
      <More steps={plan.further} subject={subject} title="further upgrade" />
    </section>
  );
}

function toViolation(broken: BrokenRule): ReactNode {
  return <RuleViolation key={`${broken.first.rule} ${broken.first.message}`} broken={broken} />;
}

function keyOf({ upgrade }: Step): string {
  return `${upgrade.type} ${upgrade.package} ${upgrade.installed} ${upgrade.layer}`;
}

function RuleViolation({ broken }: { readonly broken: BrokenRule }): ReactNode {
  const violation = broken.first;
  return (
    <li className={violation.effect === 'block' ? 'change' : 'change hatch-row'}>
      <div>
        <h3>
          <State state={violation.effect === 'block' ? 'fail' : 'unknown'}>{violation.rule.replaceAll('-', ' ')}</State>
        </h3>
        <p className="breakable">
          {violation.message}
          {broken.count > 1 && <span className="quiet"> and {count(broken.count - 1)} more like it</span>}
        </p>
      </div>
      <p className="soft breakable">{violation.remedy}</p>
    </li>
  );
}

function UpgradeStep({ step, subject }: { readonly step: Step; readonly subject: string }): ReactNode {
  const { upgrade, removes } = step;
  const { own, origin } = packageParts(upgrade.type, upgrade.package);
  const { type, layer } = upgrade;
  const layers = subject.startsWith('host:') ? {} : { layer };
  const removed = { package: upgrade.package, type, fix: 'available', ...layers } as const;
  return (
    <li className="change">
      <div>
        <h3 className="breakable">
          <span title={upgrade.package}>{own}</span> <span className="quiet nowrap">to {upgrade.to}</span>
        </h3>
        <p className="soft">
          Worst <SeverityMark severity={upgrade.worst} />
          {', removes '}
          <Link to="/images/$subject" params={{ subject }} search={removed} hash="lists">
            {counted(upgrade.removes, 'finding')}
          </Link>
          {removes > 0 ? ` and with them ${counted(removes, 'violation')}` : ''}
          {upgrade.remains > 0 ? `; ${count(upgrade.remains)} stay` : ''}.
        </p>
        <p className="small quiet">
          {!subject.startsWith('host:') && (
            <>
              <Link to="/images/$subject" params={{ subject }} search={{ layer: upgrade.layer }} hash="lists">
                Layer {upgrade.layer + 1}
              </Link>
              {', '}
            </>
          )}
          {upgrade.type}
          {origin !== undefined && ` ${origin}`}
        </p>
      </div>
      <CodeChange {...changeOf(upgrade)} />
    </li>
  );
}

interface MoreProps {
  readonly steps: readonly Step[];
  readonly subject: string;
  readonly title: string;
}

function More({ steps, subject, title }: MoreProps): ReactNode {
  if (steps.length === 0) return null;
  return (
    <details className="more">
      <summary>{counted(steps.length, title)}</summary>
      <ol className="changes">
        {steps.map((step) => (
          <UpgradeStep key={keyOf(step)} step={step} subject={subject} />
        ))}
      </ol>
    </details>
  );
}

function WithoutFix(props: { readonly violations: readonly Violation[]; readonly subject: string }): ReactNode {
  const { violations, subject } = props;
  if (violations.length === 0) return null;
  return (
    <details className="more">
      <summary>{counted(violations.length, 'violation')} without a known upgrade</summary>
      <ul className="plain-list">
        {violations.slice(0, 100).map((violation) => (
          <li key={`${violation.finding?.id} ${violation.finding?.purl}`}>
            <span className="breakable">{violation.message}</span>{' '}
            <span className="quiet breakable">{violation.remedy}</span>
          </li>
        ))}
      </ul>
      <p className="small">
        <Link to="/images/$subject" params={{ subject }} search={{ fix: 'none' }} hash="lists">
          All findings without a fix
        </Link>
      </p>
    </details>
  );
}
