import type { Log } from '#base/index.ts';
import type { Behaviour } from './behaviour/behaviour.ts';
import { type SensorClock, timeOf } from './behaviour/sighting-of.ts';
import type { CodeAsker } from './code/code-asker.ts';
import type { ArmedContainers } from './containers/armed.ts';
import { reportedContainer } from './containers/reported-container.ts';
import type { SensorPolicies } from './policies/sensor-policies.ts';
import type { SensorTables } from './policies/sensor-tables.ts';
import type { SensorReport } from './sensor-report.ts';
import { Acknowledger } from './sensor/acknowledger.ts';
import { connectSensor, type SensorContact } from './sensor/connect-sensor.ts';
import { encodeFrame, type SensorFrame, type SequencedFrame } from './wire/frames.ts';

export interface SensorLineOptions {
  readonly socket: string;
  readonly instance: string;
  readonly start: () => Promise<string | undefined>;
  readonly log: Log;
  readonly behaviour: Pick<Behaviour, 'take' | 'giveUp'>;
  readonly armed: Pick<ArmedContainers, 'begin' | 'hear' | 'forget' | 'askedAnew'>;
  readonly code: Pick<CodeAsker, 'hear'>;
  readonly report: SensorReport;
  readonly desk: SensorPolicies;
  readonly tables: SensorTables;
  readonly bucketSeconds: () => number;
}

/** What goes between the agent and its sensor. */
export interface SensorLine {
  say(frame: Buffer): void;
  /** The same; resolves when there is room for the next one, `false` when no sensor is there. */
  deliver(frame: Buffer): Promise<boolean>;
  /** Says how long an hour is, where that changed. */
  configure(): void;
  /** Asks how the sensor is. */
  askStatus(): void;
  contact(): SensorContact | undefined;
  close(): Promise<void>;
}

/** Milliseconds for which a container is held while it is asked about; events a second of one before it is throttled. */
const permissionBudgetMs = 200;
const eventsPerSecond = 1000;

export function openSensorLine(options: SensorLineOptions): SensorLine {
  const { report, desk, tables, bucketSeconds } = options;
  let contact: SensorContact | undefined;
  let clock: SensorClock = { epoch: 0n, bootOffset: 0n };
  let configured = 0;
  const configuration = (): Buffer => {
    configured = bucketSeconds();
    const bucketNs = BigInt(configured) * 1_000_000_000n;
    return encodeFrame({ kind: 'configure', bucketNs, permissionBudgetMs, eventsPerSecond });
  };
  const acknowledger = new Acknowledger({
    say: (epoch, sequence) => connection.say(encodeFrame({ kind: 'acknowledge', epoch, sequence })),
    log: options.log,
  });
  const connection = connectSensor({
    ...options,
    greet({ epoch, bootOffset }) {
      clock = { epoch, bootOffset };
      acknowledger.begin(epoch);
      tables.met();
      options.armed.begin();
      return [configuration(), ...desk.all(), encodeFrame({ kind: 'ask-status' })];
    },
    hear(frame) {
      const now = clock;
      const event = eventOf(frame, options, now);
      if (event === undefined) return;
      acknowledger.take(event.sequence, {
        keep: () => options.behaviour.take(event, now),
        giveUp: () => options.behaviour.giveUp(event, now),
      });
    },
    changed(now) {
      contact = now;
      report.contact(now);
    },
  });
  return {
    say: (frame) => connection.say(frame),
    deliver: (frame) => connection.deliver(frame),
    configure() {
      if (contact?.kind === 'working' && configured !== bucketSeconds()) connection.say(configuration());
    },
    askStatus: () => connection.say(encodeFrame({ kind: 'ask-status' })),
    contact: () => contact,
    async close() {
      acknowledger.close();
      await connection.close();
    },
  };
}

/** The event that a frame tells; anything else is taken in here. */
function eventOf(
  frame: SensorFrame,
  { report, code, armed, desk, tables, log }: SensorLineOptions,
  clock: SensorClock,
): SequencedFrame | undefined {
  switch (frame.kind) {
    case 'armed':
      armed.hear(frame.id, reportedContainer(frame, timeOf(frame.since, clock)));
      return undefined;
    case 'container':
      if (frame.state === 'gone') armed.forget(frame.id, frame.cgroup);
      return frame;
    case 'sensor-hello':
      return undefined;
    case 'status':
      report.status(frame);
      return undefined;
    case 'mapping':
    case 'mappings-end':
      code.hear(frame);
      return undefined;
    case 'policy-reply':
      if (frame.accepted === 0) log.error({ policy: frame.policy, reason: frame.reason }, 'A policy was not taken.');
      desk.answered(frame);
      armed.askedAnew();
      return undefined;
    case 'table-reply':
      tables.reply(frame);
      return undefined;
    default:
      return frame;
  }
}
