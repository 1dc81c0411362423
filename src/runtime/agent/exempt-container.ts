import { connect } from 'node:net';
import { exempt } from './policies/exempt.ts';
import { SensorPolicies } from './policies/sensor-policies.ts';
import { FrameSplitter } from './wire/frame-splitter.ts';
import { encodeFrame } from './wire/frames.ts';
import { frameType, protocol } from './wire/words.ts';

export interface Exemption {
  /** Of the sensor. */
  readonly socket: string;
  readonly instance: string;
  /** Id of the container that an agent is about to run in. */
  readonly container: string;
}

/** Milliseconds in which a sensor answers. */
const patience = 5000;

/**
 * Tells a sensor that goes on from an earlier agent that the agent's new container runs programs of the host: by the rules of
 * others it would be ended. Answers whether a sensor took it; where none listens there is nothing to tell.
 */
export function exemptContainer({ socket, instance, container }: Exemption): Promise<boolean> {
  return new Promise((resolve) => {
    const line = connect({ path: socket, timeout: patience });
    const end = (isTaken: boolean): void => {
      resolve(isTaken);
      line.destroy();
    };
    const splitter = new FrameSplitter();
    for (const event of ['error', 'timeout', 'close']) line.once(event, () => end(false));
    line.once('connect', () => {
      const desk = new SensorPolicies(
        (frame) => line.write(frame),
        () => true,
      );
      line.write(encodeFrame({ kind: 'agent-hello', protocol, instance }));
      exempt(desk, container);
      line.write(encodeFrame({ kind: 'ask-status' }));
    });
    line.on('data', (bytes: Buffer) => {
      // It answers in the order in which it is told.
      if (splitter.push(bytes).some(({ type }) => type === frameType.status)) end(true);
    });
  });
}
