import { type Break, laidOver, type Part } from './break.ts';
import { soundConfig, soundHost, soundSpec } from './sound.ts';

/** A start that is asked for as a trial. */
export interface TrialStart {
  /** Name of its image. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Missing: no check objects to it. */
  readonly broken?: Break;
}

/** Body of the request that makes the container. */
export function trialRequest({ image, labels, broken = {} }: TrialStart): Part {
  const config = laidOver(soundConfig, broken.config ?? {});
  return { ...config, Image: image, Labels: labels, HostConfig: hostOf(broken) };
}

/** What a runtime gets of the container, and what its engine keeps of it. */
export function trialBundle({ image, labels, broken = {} }: TrialStart): {
  readonly spec: Part;
  readonly config: Part;
  readonly hostConfig: Part;
} {
  const hostConfig = hostOf(broken);
  const config = {
    Config: { ...laidOver(soundConfig, broken.config ?? {}), Image: image, Labels: labels },
    State: { Running: false },
    MountPoints: {},
    NetworkSettings: { Networks: { [String(hostConfig['NetworkMode'])]: {} } },
  };
  return { spec: laidOver(soundSpec, broken.spec ?? {}), config, hostConfig };
}

function hostOf({ host = {} }: Break): Part {
  return laidOver(soundHost, host);
}
