import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getHealth } from '#explorer/contract.ts';
import { listSensors } from '#runtime/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { partsOf } from './health-parts.ts';

/** Milliseconds between two measurements while the page is open. */
const often = 15_000;

/** How each part of the product is, as it was measured just now. */
export function useHealth() {
  const health = useQuery({ ...reading(getHealth), refetchInterval: often });
  const database = useQuery(reading(getDatabase));
  const sensors = useQuery(reading(listSensors));
  const now = useNow();
  const answers = [health, database, sensors];
  const error = answers.find((one) => one.error !== null)?.error ?? undefined;
  const isPending = answers.some((one) => one.isPending);
  // What was measured before an error says nothing of now.
  const known = {
    health: health.error ? undefined : health.data,
    database: database.error ? undefined : database.data,
    sensors: sensors.error ? undefined : sensors.data?.sensors,
  };
  return { ...known, error, parts: isPending ? undefined : partsOf(known, now) };
}

/** The parts in a list, what is unknown first. */
export function HealthSection({ measured }: { readonly measured: ReturnType<typeof useHealth> }): ReactNode {
  const { health, parts, error } = measured;
  return (
    <section className="section" aria-labelledby="health">
      <header>
        <h2 id="health">Health</h2>
        {health && (
          <span className="quiet small">
            measured <When moment={health.measuredAt} />
          </span>
        )}
      </header>
      {error !== undefined && <Failure error={error} />}
      {parts === undefined ? (
        <p aria-busy="true">
          <Skeleton width={320} />
        </p>
      ) : (
        <ul className="health">
          {parts.map(({ name, state, words, link }) => (
            <li key={name} data-state={state}>
              <State state={state}>{link ? <Link {...link}>{name}</Link> : name}</State>
              <span className={state === 'unknown' ? 'hatch' : 'soft'}>
                <span>{words}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
