import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ControlState, getTemplateEvidence, type Overview } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, environmentName, inEnvironmentOrder, useEnvironment } from '../../app/environment.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count } from '../../ui/format.ts';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { firstTemplate } from '../evidence/evidence-search.ts';
import { headOf } from '../evidence/template-standing.ts';

/** How the controls of NIST SP 800-190 stand, one line for each environment that hosts stand in. */
export function ControlsPart({ overview }: { readonly overview: Overview }): ReactNode {
  const chosen = useEnvironment();
  const known = overview.environments.filter(({ hosts, containers }) => hosts + containers > 0);
  const environments = inEnvironmentOrder(known.map(({ environment }) => environmentKey(environment))).filter(
    (one) => chosen === undefined || one === chosen,
  );
  if (environments.length === 0) return null;
  return (
    <ul className="controls-part" aria-label="Controls of NIST SP 800-190">
      {environments.map((environment) => (
        <Line key={environment} environment={environment} />
      ))}
    </ul>
  );
}

function Line({ environment }: { readonly environment: string }): ReactNode {
  const asked = { params: { template: firstTemplate }, query: { environment } };
  const { data, error } = useQuery(reading(getTemplateEvidence, asked));
  if (error !== null && data === undefined)
    return (
      <li>
        <Failure error={error} />
      </li>
    );
  if (data === undefined)
    return (
      <li aria-busy="true">
        <Skeleton width={220} />
      </li>
    );
  const { state } = headOf(data.controls);
  const numberOf = (one: ControlState): number => data.controls.filter((control) => control.state === one).length;
  return (
    <li>
      <StateGlyph state={state} />
      <span>
        <Link className="strong" to="/compliance" search={{ environment }}>
          {environmentName(environment)}
        </Link>
        : <Number environment={environment} state="not-met" value={numberOf('not-met')} /> not met,{' '}
        <Number environment={environment} state="incomplete" value={numberOf('incomplete')} /> incomplete of{' '}
        {count(data.controls.length)} <span className="quiet">controls of NIST SP 800-190</span>
      </span>
    </li>
  );
}

interface NumberProps {
  readonly environment: string;
  readonly state: ControlState;
  readonly value: number;
}

function Number({ environment, state, value }: NumberProps): ReactNode {
  if (value === 0) return <>0</>;
  return (
    <Link className="strong" to="/compliance" search={{ environment, state }}>
      {count(value)}
    </Link>
  );
}
