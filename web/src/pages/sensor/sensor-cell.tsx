import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { HostSensor } from '#runtime/contract.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { count } from '../../ui/format.ts';
import { State } from '../../ui/state-mark.tsx';
import { statusOf, waitingOf } from './sensor-words.ts';
import type { Sensors } from './sensors.ts';

/** How a host is protected, in two lines; the word leads to all that its sensor says. */
export function SensorCell(props: { readonly host: string; readonly sensors: Sensors | undefined }): ReactNode {
  const sensor = props.sensors?.get(props.host);
  if (props.sensors === undefined) return <Skeleton width={80} />;
  if (sensor === undefined) return <State state="unknown">Not known</State>;
  const { state, word, sentence } = statusOf(sensor);
  return (
    <>
      <Link
        from="/hosts"
        to="/hosts"
        search={(before) => ({ ...before, host: sensor.host })}
        resetScroll={false}
        title={sentence}
      >
        <State state={state}>{word}</State>
        <span className="sr"> on {sensor.host}</span>
      </Link>
      <span className="l2">{sentence}</span>
      <WaitingEvents sensor={sensor} />
      <Lost sensor={sensor} />
    </>
  );
}

function WaitingEvents({ sensor }: { readonly sensor: HostSensor }): ReactNode {
  const waiting = sensor.reported && waitingOf(sensor.reported.sensor);
  if (waiting === undefined) return null;
  return (
    <span className="l2" title={waiting.sentence}>
      <State state="unknown">{waiting.word}</State>
    </span>
  );
}

function Lost({ sensor }: { readonly sensor: HostSensor }): ReactNode {
  const lost = sensor.reported?.sensor.lost ?? 0;
  if (lost === 0) return null;
  return (
    <span className="l2">
      <State state="unknown">lost {count(lost)}</State>
    </span>
  );
}
