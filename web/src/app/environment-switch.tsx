import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getOverview } from '#explorer/contract.ts';
import { reading } from '../api.ts';
import { environmentKey, environmentName, inEnvironmentOrder, useEnvironment } from './environment.ts';

/** Beyond this many a row of buttons has no room beside the search. */
const mostButtons = 5;

/** Which part of the estate all pages are about. Hidden while no host stands in any environment. */
export function EnvironmentSwitch(): ReactNode {
  const chosen = useEnvironment();
  const navigate = useNavigate();
  const rows = useQuery(reading(getOverview)).data?.environments ?? [];
  const known = rows.map(({ environment }) => environmentKey(environment));
  const keys = inEnvironmentOrder(chosen === undefined ? known : [...known, chosen]);
  if (keys.length === 0) return null;
  const choose = (environment: string | undefined): void => {
    void navigate({ to: '.', search: (before) => ({ ...before, environment }), resetScroll: false });
  };
  return (
    <>
      {keys.length <= mostButtons && <Buttons keys={keys} chosen={chosen} choose={choose} />}
      <span className={keys.length <= mostButtons ? 'pick env-pick' : 'pick env-pick always'}>
        <select
          aria-label="Environment"
          value={chosen ?? ''}
          onChange={(event) => choose(event.currentTarget.value || undefined)}
        >
          <option value="">All</option>
          {keys.map((key) => (
            <option key={key} value={key}>
              {capital(environmentName(key))}
            </option>
          ))}
        </select>
      </span>
    </>
  );
}

interface ButtonsProps {
  readonly keys: readonly string[];
  readonly chosen: string | undefined;
  readonly choose: (environment: string | undefined) => void;
}

function Buttons({ keys, chosen, choose }: ButtonsProps): ReactNode {
  return (
    <div className="seg" role="group" aria-label="Environment">
      {[undefined, ...keys].map((key) => (
        <button key={key ?? ''} type="button" aria-pressed={chosen === key} onClick={() => choose(key)}>
          {key === undefined ? 'All' : capital(environmentName(key))}
        </button>
      ))}
    </div>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
