import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageDetail, Placement } from '#explorer/contract.ts';
import { environmentKey, placementsInOrder } from '../../app/environment.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';

/** Each environment where the image lies: the verdict there, by which policy, and what runs it. */
export function PlacesStrip({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const placements = placementsInOrder(detail.row.placements);
  if (placements.length === 0) return null;
  return (
    <ul className="envs" aria-label="Verdict by environment">
      {placements.map((placement) => (
        <Place key={environmentKey(placement.environment)} placement={placement} detail={detail} />
      ))}
    </ul>
  );
}

function Place({ placement, detail }: { readonly placement: Placement; readonly detail: ImageDetail }): ReactNode {
  const judged = detail.verdicts.find((one) => one.environment === placement.environment);
  const environment = environmentKey(placement.environment);
  const subject = detail.row.subject;
  return (
    <li className={placement.stale ? 'hatch-row' : undefined}>
      <EnvironmentMark environment={placement.environment} />
      <VerdictMark verdict={judged?.verdict.kind ?? placement.verdict} />
      <span className="rest small quiet">
        <Link to="/containers" search={{ environment, subject, state: 'up' }}>
          {counted(placement.containers, 'container')}
        </Link>{' '}
        on {counted(placement.hosts, 'host')}
        {judged && (
          <>
            , by {judged.verdict.policy.name}, <When moment={judged.judgedAt} />
          </>
        )}
        {placement.stale && ', agents away: this may be out of date'}
      </span>
    </li>
  );
}
