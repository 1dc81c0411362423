import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { HostSensor, SensorFact } from '#runtime/contract.ts';
import { environmentName } from '../../app/environment.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { count } from '../../ui/format.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { protectionWords } from './protection-words.ts';
import { statusOf, waitingOf } from './sensor-words.ts';
import { useSensors } from './sensors.ts';
import './sensor-detail.css';

/** How one host is protected: verdict and reason, its containers, what was lost, and every mechanism of its sensor. */
export function SensorDetail({ host }: { readonly host: string }): ReactNode {
  const { sensors, error } = useSensors();
  if (error && sensors === undefined) return <ErrorState error={error} />;
  const sensor = sensors?.get(host);
  if (sensors === undefined) {
    return (
      <div className="d-head" aria-busy="true">
        <Skeleton width={220} />
      </div>
    );
  }
  if (sensor === undefined) {
    return (
      <div className="d-head">
        <h2>This host is not known</h2>
        <p className="soft">It was forgotten after its agent was revoked, or you may not see it.</p>
      </div>
    );
  }
  return (
    <>
      <Head sensor={sensor} />
      {sensor.reported && <Reported sensor={sensor.reported.sensor} host={sensor} />}
    </>
  );
}

/** What the sensor itself told; nothing while it was never met. */
function Reported({ sensor, host }: ReportedProps): ReactNode {
  if (sensor.mechanisms.length === 0) {
    return (
      <section className="d-sec">
        <p className="soft small">Events and mechanisms are shown once the agent has met a sensor.</p>
      </section>
    );
  }
  return (
    <>
      <Events sensor={sensor} host={host} />
      <Mechanisms sensor={sensor} host={host} />
    </>
  );
}

function Head({ sensor }: { readonly sensor: HostSensor }): ReactNode {
  const { state, word, sentence } = statusOf(sensor);
  const { host, environment, reported, stale } = sensor;
  return (
    <div className="d-head">
      <div className="d-title">
        <h2>{host}</h2>
      </div>
      <State state={state}>{word}</State>
      <p className="soft small breakable">{sentence}</p>
      <dl className="kv">
        <dt>Environment</dt>
        <dd>{environmentName(environment)}</dd>
        <dt>Containers</dt>
        <dd>
          <Containers sensor={sensor} />
        </dd>
        {reported && (
          <>
            <dt>
              {stale ? `Was ${stateWords[reported.sensor.state].toLowerCase()}` : stateWords[reported.sensor.state]}
            </dt>
            <dd>
              since <Minute moment={reported.since} />, <When moment={reported.since} />
            </dd>
            <dt>Last reported</dt>
            <dd>
              <Minute moment={reported.at} />, <When moment={reported.at} />
            </dd>
            <dt>Sensor</dt>
            <dd>{reported.sensor.version ?? 'never met'}</dd>
            <dt>Kernel</dt>
            <dd>{reported.sensor.kernel ?? 'not reported'}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** Running containers by how they are protected; each number leads to them. */
function Containers({ sensor: { host, containers } }: { readonly sensor: HostSensor }): ReactNode {
  const some = protectionStates.filter((state) => containers[state] > 0);
  if (some.length === 0)
    return (
      <Link to="/containers" search={{ host }}>
        none runs
      </Link>
    );
  return some.map((state) => (
    <span key={state} className="l1">
      <Link to="/containers" search={{ host, state: 'up', protection: state }}>
        {count(containers[state])} {protectionWords[state].toLowerCase()}
      </Link>
    </span>
  ));
}

const protectionStates = ['unknown', 'unprotected', 'partly', 'protected', 'watched'] as const;

const stateWords: Readonly<Record<SensorFact['state'], string>> = {
  working: 'Working',
  missing: 'Missing',
  away: 'Away',
};

/** Whether what its sensor reported last holds now. */
function isCurrent({ stale, reported }: HostSensor): boolean {
  return !stale && reported?.sensor.state === 'working';
}

/** What is not known of what containers did there. */
function Events({ sensor, host }: ReportedProps): ReactNode {
  const { lost, throttled, unacknowledged, failingSave } = sensor;
  const since = failingSave?.since ?? unacknowledged?.since;
  const waiting = waitingOf(sensor);
  return (
    <section className="d-sec">
      <h3>Events</h3>
      {!isCurrent(host) && <p className="soft small">As they were reported last; what was lost since is not known.</p>}
      <dl className="kv">
        <dt>Lost</dt>
        <dd>{lost === 0 ? 'none' : <State state="unknown">{count(lost)}</State>}</dd>
        <dt>Held back</dt>
        <dd>{throttled === 0 ? 'none' : <State state="unknown">{count(throttled)}</State>}</dd>
        <dt>Not kept yet</dt>
        <dd>
          {waiting === undefined ? 'none' : <State state="unknown">{waiting.word}</State>}
          {since !== undefined && (
            <span className="l2">
              since <Minute moment={since} />
            </span>
          )}
        </dd>
      </dl>
      {waiting !== undefined && <p className="soft small breakable">{waiting.sentence}</p>}
      <p className="quiet small">
        Counted since the sensor started. Lost: the kernel had no room for them. Held back: one container had more in a
        second, or more waiting for the agent, than is kept. Either makes the models of these containers partial. Not
        kept yet: events that wait for the agent for more than 5 seconds.
      </p>
    </section>
  );
}

interface ReportedProps {
  readonly sensor: SensorFact;
  readonly host: HostSensor;
}

function Mechanisms({ sensor: { mechanisms }, host }: ReportedProps): ReactNode {
  const isKnown = isCurrent(host);
  return (
    <section className="d-sec">
      <h3>Mechanisms</h3>
      {!isKnown && <p className="soft small">As its sensor reported them last; whether they hold now is not known.</p>}
      <ul className="mechanisms">
        {mechanisms.map(({ name, active, reason }) => (
          <li key={name}>
            <Activity active={active} known={isKnown} />
            <span className="breakable">
              {name}
              {(reason !== undefined || !active) && (
                <span className="l2 breakable">{reason ?? 'The sensor gives no reason.'}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Activity({ active, known }: { readonly active: boolean; readonly known: boolean }): ReactNode {
  if (!active) return <span className="quiet">not active</span>;
  return <State state={known ? 'pass' : 'unknown'}>{known ? 'active' : 'was active'}</State>;
}
