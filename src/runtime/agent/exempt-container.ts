import { connect } from 'node:net';
import { exempt } from './policies/exempt.ts';
import { SensorPolicies } from './policies/sensor-policies.ts';
import { FrameSplitter } from './wire/frame-splitter.ts';
import { encodeFrame } from './wire/frames.ts';
import { frameType } from './wire/words.ts';

export interface Exemption {
  /** Of the sensor. */
  readonly socket: string;
  readonly instance: string;
  /** Id of the container that an agent is about to run in. */
  readonly container: string;
}

/** How it went: `none` where no sensor listens, so that there is nothing to tell. */
export type Exempted = 'taken' | 'refused' | 'none';

/** Milliseconds in which a sensor answers. */
const patience = 5000;

/**
 * Tells a sensor that goes on from an earlier agent that the agent's new container runs programs of the host: by the rules of
 * others it would be ended. No agent that is at work there changes that. A sensor of another release is told in its own protocol: what is said here is the same in each.
 */
export function exemptContainer({ socket, instance, container }: Exemption): Promise<Exempted> {
  return new Promise((resolve) => {
    const line = connect({ path: socket, timeout: patience });
    let isThere = false;
    const end = (how: Exempted): void => {
      resolve(how);
      line.destroy();
    };
    const desk = new SensorPolicies(
      (frame) => line.write(frame),
      () => true,
    );
    const splitter = new FrameSplitter();
    for (const event of ['error', 'timeout', 'close']) line.once(event, () => end(isThere ? 'refused' : 'none'));
    line.once('connect', () => (isThere = true));
    line.on('data', (bytes: Buffer) => {
      try {
        for (const { type, payload } of splitter.push(bytes)) {
          // It answers in the order in which it is told.
          if (type === frameType.status) return end('taken');
          if (type !== frameType.sensorHello) continue;
          line.write(encodeFrame({ kind: 'agent-hello', protocol: payload.readUInt16LE(0), instance }));
          exempt(desk, container);
          line.write(encodeFrame({ kind: 'keep-assigned', id: container }));
          line.write(encodeFrame({ kind: 'ask-status' }));
        }
      } catch {
        end('refused');
      }
    });
  });
}
