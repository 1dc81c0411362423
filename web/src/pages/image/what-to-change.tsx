import { packageParts } from '#ecosystems/contract.ts';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode, useMemo } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import type { Violation } from '#policy/contract.ts';
import { count, counted } from '../../ui/format.ts';
import { SeverityMark } from '../../ui/severity.tsx';
import { type MarkState, State } from '../../ui/state-mark.tsx';
import { type ProvenBase, useBase } from '../provenance/base.ts';
import { scanOnNewer } from '../vulnerability/advice.ts';
import { AdviceBox } from '../vulnerability/advice-box.tsx';
import { type BrokenRule, planOf, type Rebuild, type Step } from '../vulnerability/plan.ts';
import { BlocksIn } from './blocks-in.tsx';

/** Changes shown at once. */
const firstFew = 5;

/** Each violation with the change that fixes it, the change that fixes the most first. */
export function WhatToChange({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { verdict, upgrades } = detail;
  const base = useBase(detail.subject.kind === 'image' ? detail.subject : undefined);
  const plan = useMemo(() => planOf(verdict, upgrades, base?.layers), [verdict, upgrades, base?.layers]);
  const { rebuild } = plan;
  const asked = plan.rules.length + plan.alerts.length + plan.steps.length + plan.withoutFix.length;
  const nothing = asked === 0 && rebuild === undefined;
  if (nothing && plan.further.length === 0) return null;
  const subject = detail.row.subject;
  // Reasons for no verdict come first where there is none, and after the upgrades where those decide.
  const rules = plan.rules.map(toViolation);
  return (
    <section className="section" id="change">
      <header>
        <h2>What to change</h2>
        <span className="quiet small">{nothing ? 'nothing required by the policy' : 'in this order'}</span>
      </header>
      <ol className="changes">
        {verdict?.kind !== 'fail' && rules}
        {rebuild && base && (
          <RebuildStep rebuild={rebuild} base={base} subject={subject} name={detail.row.names[0] ?? 'IMAGE'} />
        )}
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
  const state = stateOf(violation);
  return (
    <li className={state === 'unknown' ? 'change hatch-row' : 'change'}>
      <div>
        <h3>
          <State state={state}>{violation.rule.replaceAll('-', ' ')}</State>
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

/** What a check saw is known, also where it only alerts; other rules alert on what nobody knows. */
function stateOf({ effect, rule }: Violation): MarkState {
  if (effect === 'block') return 'fail';
  return rule === 'compliance' ? 'partly' : 'unknown';
}

/** Nothing that is updated in a layer above lasts as long as the base is old. */
function RebuildStep(props: {
  readonly rebuild: Rebuild;
  readonly base: ProvenBase;
  readonly subject: string;
  /** Of the image, as a scan takes it. */
  readonly name: string;
}): ReactNode {
  const { rebuild, base, subject, name } = props;
  const names = rebuild.steps.flatMap(({ packages }) => packages);
  return (
    <li className="change">
      <div>
        <h3 className="breakable">Rebuild on a newer base</h3>
        <p className="soft">
          {counted(rebuild.findings, 'finding')}
          {rebuild.removes > 0 && ` (${counted(rebuild.removes, 'violation')})`} in the {counted(base.layers, 'layer')}{' '}
          of the base {base.name} {rebuild.findings === 1 ? 'has' : 'have'} a fix. <code>{scanOnNewer(name)}</code>{' '}
          tells which of them a newer one fixes.
        </p>
        <p className="small quiet breakable">
          {names.slice(0, firstFew).join(', ')}
          {names.length > firstFew && ` and ${count(names.length - firstFew)} more`}
        </p>
      </div>
      <More
        steps={rebuild.steps}
        subject={subject}
        title="update to make in the base"
        many="updates to make in the base"
      />
    </li>
  );
}

function UpgradeStep({ step, subject }: { readonly step: Step; readonly subject: string }): ReactNode {
  const { upgrade, packages, removes, blocksAt } = step;
  const { own, origin } = packageParts(upgrade.type, upgrade.package);
  return (
    <li className="change">
      <div>
        <h3 className="breakable">
          <span title={packages.join(', ')}>{packages.length > 1 ? packages.join(', ') : own}</span>{' '}
          <span className="quiet nowrap">to {upgrade.to}</span>
        </h3>
        <p className="soft">
          Worst <SeverityMark severity={upgrade.worst} />
          {', fixes '}
          <Fixes step={step} subject={subject} />
          {removes > 0 && removes !== upgrade.removes ? ` (${counted(removes, 'violation')})` : ''}
          {upgrade.remains > 0 ? `; ${count(upgrade.remains)} ${upgrade.remains === 1 ? 'remains' : 'remain'}` : ''}.
          {blocksAt !== undefined && <BlocksIn moment={blocksAt} />}
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
      <AdviceBox step={step} />
    </li>
  );
}

/** Findings that a step fixes, as links to them: one list for each package. */
function Fixes({ step, subject }: { readonly step: Step; readonly subject: string }): ReactNode {
  const { upgrade, packages, fixes } = step;
  const { type, layer } = upgrade;
  const layers = subject.startsWith('host:') ? {} : { layer };
  const linkTo = (name: string, text: string): ReactNode => {
    const search = { package: name, type, fix: 'available', ...layers } as const;
    return (
      <Link to="/images/$subject" params={{ subject }} search={search} hash="lists">
        {text}
      </Link>
    );
  };
  const all = counted(upgrade.removes, 'finding');
  if (packages.length === 1) return linkTo(upgrade.package, all);
  return (
    <>
      {all}:{' '}
      {packages.map((name, at) => (
        <Fragment key={name}>
          {at > 0 && ', '}
          {linkTo(name, `${count(fixes[at] ?? 0)} in ${name}`)}
        </Fragment>
      ))}
    </>
  );
}

interface MoreProps {
  readonly steps: readonly Step[];
  readonly subject: string;
  readonly title: string;
  readonly many?: string;
}

function More({ steps, subject, title, many }: MoreProps): ReactNode {
  if (steps.length === 0) return null;
  return (
    <details className="more">
      <summary>{counted(steps.length, title, many)}</summary>
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
      <summary>{counted(violations.length, 'violation')} without a known fix</summary>
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
