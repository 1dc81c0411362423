import type { ImageDigest, SubjectId } from '#base/index.ts';
import { isPreventing } from '../../protections.ts';
import type { ConfigurationClient } from '../desired-configuration.ts';
import type { Policies, PolicySubject } from '../policies/policies.ts';
import type { SensorContact } from '../sensor/connect-sensor.ts';
import type { ArmedContainers } from './armed.ts';
import { armedFactOf } from './armed-fact.ts';

/** How a container that starts is armed when the wait for it is over. */
export type StartArmed =
  | { readonly kind: 'armed' }
  /** `startsAgain`: not for anything about the container, so that it may start once that has passed. */
  | { readonly kind: 'late'; readonly reason: string; readonly startsAgain: boolean };

/** A container that starts, as its engine's own files describe it. */
export interface StartingContainer {
  readonly container: string;
  readonly name: string;
  /** As the engine names its image, and the name that it was made with. */
  readonly imageId: string;
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Entrypoint and command as it runs them; none: they are not known, and no model speaks for it yet. */
  readonly command: readonly string[];
  readonly environment?: string;
}

/** What a start has to wait for. */
export interface StartArming {
  /** A container was let start and is about to be made: while its engine starts it, nobody can ask it about it. */
  expect(start: StartingContainer): void;
  /** Whether the rule of a container prevents something, so that it must not start before it is armed. */
  prevents(container: string): boolean;
  /**
   * Waits until the sensor has reported since that moment of `performance.now()` that the container is armed with the
   * policy that its rule asks for, or until the signal fires.
   */
  wait(container: string, since: number, signal: AbortSignal): Promise<StartArmed>;
}

export interface StartArmingContext {
  readonly armed: Pick<ArmedContainers, 'since' | 'reported'>;
  readonly policies: Pick<Policies, 'asked' | 'expect'>;
  /** The identity behind an engine's id of an image, where it is known without asking. */
  readonly subject: (imageId: string) => SubjectId | undefined;
  /** The same, asked of the engine: an image that came a moment ago, or an engine that has just started. */
  readonly identify: (imageId: string) => Promise<ImageDigest | undefined>;
  readonly configuration: Pick<ConfigurationClient, 'current'>;
  readonly contact: () => SensorContact | undefined;
}

export function startArming(context: StartArmingContext): StartArming {
  const { armed, policies, configuration, contact, subject, identify } = context;
  return {
    expect(start) {
      const known = subject(start.imageId);
      policies.expect(subjectOf(start, known));
      if (known !== undefined) return;
      const late = async (): Promise<void> => {
        const digest = await identify(start.imageId);
        if (digest !== undefined) policies.expect(subjectOf(start, digest as string as SubjectId));
      };
      late().catch(() => undefined); // the wait then ends with why
    },
    prevents(container) {
      // What neither the engine nor its files describe is no container of this engine: the sensor watches none of it.
      const rule = policies.asked(container)?.rule;
      return rule !== undefined && isPreventing(rule);
    },
    async wait(container, since, signal) {
      if (await armed.since(container, since, signal)) return { kind: 'armed' };
      const sensor = contact();
      if (sensor?.kind !== 'working')
        return { kind: 'late', reason: sensor?.reason ?? 'The sensor was not met yet.', startsAgain: true };
      const hasConfiguration = configuration.current() !== undefined;
      const evidence = { hasConfiguration, asked: policies.asked(container), reported: armed.reported(container) };
      const { policy, problem } = armedFactOf(container, evidence);
      const startsAgain = evidence.asked?.sent === undefined; // its image was not known in time
      return { kind: 'late', reason: problem?.reason ?? whyLate[policy.kind](policy), startsAgain };
    },
  };
}

function subjectOf(start: StartingContainer, subject: SubjectId | undefined): PolicySubject {
  const { container: id, name, imageId, imageName, labels, command, environment } = start;
  const place = { ...(subject !== undefined && { subject }), ...(environment !== undefined && { environment }) };
  return {
    fact: { id, name, state: 'created', image: { id: imageId, name: imageName }, labels, command, ...place },
  };
}

type Policy = ReturnType<typeof armedFactOf>['policy'];

const whyLate: Readonly<Record<Policy['kind'], (policy: Policy) => string>> = {
  agent: () => 'The sensor has not reported it since it was made.',
  asked: () => 'The sensor has not reported it since it was made.',
  'not-reported': () => 'The sensor has not reported it.',
  'no-orders': () => 'The agent has no rules of its console yet.',
  other: (policy) => (policy.kind === 'other' ? policy.reason : ''),
};
