import { decide } from '#admission/index.ts';
import { judgeSettings, type SettingsViolation } from '#compliance/index.ts';
import { CreateRequest, settingsOfCreate, settingsOfVolume } from '#inventory/index.ts';
import {
  type BuildBase,
  judgeBuild,
  judgeKnown,
  judgeWithoutLedger,
  type StartDecision,
  withSettings,
} from '../answer/start-decision.ts';
import { privilegedExec } from '../answer/judge-exec.ts';
import { plainName } from '../answer/with-compliance.ts';
import { trialDigestIn, trialHeader } from '../trials/names.ts';
import { objectionToBody, readBody } from './body.ts';
import { engineView, InspectedContainer, InspectedImage } from '#inventory/agent/index.ts';
import { shapeOfContainer, shapeOfCreate } from './container-shape.ts';
import { judgeContainer, ruleOf, settingsOf } from './judge-container.ts';
import { type Outcome, refused } from './outcome.ts';
import type { AuthorizationPorts } from './ports.ts';
import type { RequestTarget } from './request-target.ts';
import { type AuthorizationRequest, CreateBody, ExecRequest, UpdateRequest, VolumeRequest } from './schema.ts';

/** One request with what answers it. */
export interface AskContext {
  readonly request: AuthorizationRequest;
  readonly target: RequestTarget;
  readonly ports: AuthorizationPorts;
}

/** An outcome, or `undefined` where the engine will find nothing to do it to, or there is nothing to tell. */
type Answered = Promise<Outcome | undefined>;

export async function askCreate({ request, target, ports }: AskContext): Answered {
  const body = readBody(request, CreateBody);
  if (body.kind === 'refused') return refused('create', 'a container', unreadable(body.why));
  const { value } = body;
  const imageName = value.Image ?? '';
  // To anybody else the image of a trial is one that the engine does not have.
  const isOwn = request.RequestHeaders?.[trialHeader] === ports.trialKey;
  const tried = isOwn ? trialDigestIn(imageName) : undefined;
  const image = tried === undefined ? await engineImage(imageName, ports) : { id: tried, volumes: {} };
  if (image === undefined) return undefined;
  const asked = { ...value, Volumes: { ...image.volumes, ...value.Volumes } };
  const name = target.query.get('name') ?? '';
  const judged = await judgeContainer(
    {
      imageName,
      ...(name !== '' && { name: plainName(name) }),
      image: image.id,
      labels: value.Labels ?? {},
      settings: async () => settingsOfCreate(asked, await viewOf(ports)),
      shape: () => shapeOfCreate(request, { volumes: image.volumes, ports }),
      unknown: 'passes',
    },
    ports,
  );
  return { action: 'create', subject: imageName, ...judged, ...(tried !== undefined && { isTrial: true }) };
}

/** By what the engine holds of the container, which nobody changes any more: its image's id and its settings. */
export async function askStart(
  { action, container }: { readonly action: 'start' | 'restart'; readonly container: string },
  { target, ports }: AskContext,
): Answered {
  if ((target.query.get('checkpoint') ?? '') !== '' || (target.query.get('checkpoint-dir') ?? '') !== '') {
    return refused(action, container, 'A checkpoint is memory that no scan has seen. Start the container without one.');
  }
  const found = await inspect(container, ports);
  if (found === undefined) return undefined;
  const judged = await judgeContainer(
    {
      imageName: found.Config.Image,
      ...(found.Name !== undefined && { name: plainName(found.Name) }),
      image: found.Image,
      labels: found.Config.Labels ?? {},
      settings: async () => {
        const { Image, Volumes } = found.Config;
        const asked = CreateRequest.parse({ Image, Volumes, HostConfig: found.HostConfig });
        return settingsOfCreate(asked, await viewOf(ports));
      },
      shape: () => shapeOfContainer(found.Id, ports),
      unknown: 'waits',
    },
    ports,
  );
  return { action, subject: found.Config.Image, container: found.Id, ...judged };
}

export async function askExec(container: string, { request, ports }: AskContext): Answered {
  const body = readBody(request, ExecRequest);
  if (body.kind === 'refused') return refused('exec', container, unreadable(body.why));
  if (body.value.Privileged !== true) return undefined;
  const found = await inspect(container, ports);
  if (found === undefined) return undefined;
  const labels = found.Config.Labels ?? {};
  const rule = settingsOf({ imageName: found.Config.Image, labels }, ports);
  const setting = rule?.settings.find(({ kind }) => kind === 'privileged');
  if (rule === undefined || setting === undefined || setting.effect === 'ignore') return undefined;
  const broken: SettingsViolation = {
    kind: 'privileged',
    effect: setting.effect,
    ...privilegedExec,
  };
  const judged = withSettings(allowed, [broken], { cause: 'settings', rule });
  return { action: 'exec', subject: found.Config.Image, container: found.Id, judged, ...placeOf(labels, ports) };
}

export async function askUpdate(container: string, { request }: AskContext): Answered {
  const body = readBody(request, UpdateRequest);
  if (body.kind === 'refused') return refused('update', container, unreadable(body.why));
  const opened = Object.entries(body.value).find(([, list]) => Array.isArray(list) && list.length > 0);
  if (opened === undefined) return undefined;
  const reason = `${opened[0]} cannot be given to a container that is there. Make a new one with --device.`;
  return refused('update', container, reason);
}

/** Comfort, not the boundary: what is pulled all the same does not start. An import brings an image that nobody knows. */
export async function askPull({ request, target, ports }: AskContext): Answered {
  const name = target.query.get('fromImage') ?? '';
  if (name === '') return undefined;
  const objection = objectionToBody('none', request);
  if (objection !== undefined) return refused('pull', name, unreadable(objection));
  const named = `${name}@${target.query.get('tag') ?? ''}`;
  const digest = /@(sha256:[0-9a-f]{64})/.exec(named)?.[1];
  if (digest === undefined) return undefined;
  const environment = placeOf({}, ports);
  const answer = decide({ digest, ...environment }, ports.ledgerState());
  if (answer.kind !== 'known' || answer.entry.answer === 'allow') return undefined;
  return { action: 'pull', subject: name, judged: judgeKnown(answer), ...environment };
}

export async function askBuild({ target, ports }: AskContext): Answered {
  const name = target.query.get('t') ?? 'an image';
  if (target.query.get('version') === '2') return refused('build', name, buildKit);
  if (ports.ledgerState().ledger === undefined) return outcomeOf(judgeWithoutLedger(ports.broken()));
  const built = { imageName: name, labels: {} };
  const judged = judgeBuild(ruleOf(built, ports), unseenBase);
  const rule = settingsOf(built, ports);
  const network = rule?.settings.find((one) => one.kind === 'host-namespaces' && one.deny.includes('network'));
  if (rule === undefined || judged.answer === 'deny' || network === undefined || network.effect === 'ignore')
    return outcomeOf(judged);
  if (target.query.get('networkmode') !== 'host') return outcomeOf(judged);
  const broken: SettingsViolation = {
    kind: network.kind,
    effect: network.effect,
    message: 'Its steps would share the host’s network namespace.',
    remedy: 'Leave out --network host.',
  };
  return outcomeOf(withSettings(judged, [broken], { cause: 'settings', rule }));

  function outcomeOf(made: StartDecision): Outcome {
    return { action: 'build', subject: name, judged: made, ...placeOf({}, ports) };
  }
}

/** It stands in the archive, which no plugin is shown; and to the runtime, steps of this builder are like other starts. */
const unseenBase: BuildBase = {
  state: 'not-seen',
  why: 'Docker’s older builder shows no gate what a build stands on. Build with BuildKit where the runtime wrapper stands without this plugin, or on a machine that builds only.',
};

const buildKit =
  'BuildKit builds past every gate of the engine. Build with DOCKER_BUILDKIT=0, or on a machine that builds only, and pull the image.';

export async function askVolume({ request, ports }: AskContext): Answered {
  const body = readBody(request, VolumeRequest);
  if (body.kind === 'refused') return refused('create', 'a volume', unreadable(body.why));
  const { Name, Driver, DriverOpts } = body.value;
  const rule = settingsOf({ imageName: '', labels: {} }, ports);
  const rules = rule?.settings.filter(({ kind }) => kind === 'host-paths' || kind === 'engine-socket') ?? [];
  if (rule === undefined || rules.length === 0) return undefined;
  const volume = { driver: Driver ?? '', options: DriverOpts ?? {} };
  const broken = judgeSettings(await settingsOfVolume(volume, await viewOf(ports)), rules, 'docker');
  if (broken.length === 0) return undefined;
  const judged = withSettings(allowed, broken, { cause: 'settings', rule });
  return { action: 'create', subject: `the volume ${Name ?? ''}`, judged, ...placeOf({}, ports) };
}

const allowed: StartDecision = { answer: 'allow', effect: 'ignore', cause: 'settings', evidence: [], reason: '' };

export function unreadable(why: string): string {
  return `The request cannot be judged: ${why}. Send it as Docker’s own command line does.`;
}

/** An image as the engine holds it. */
export interface EngineImage {
  readonly id: string;
  /** Where it wants volumes of its own. */
  readonly volumes: NonNullable<CreateRequest['Volumes']>;
}

/** An image by whatever name; `undefined`: the engine has none, and will say so itself. */
export async function engineImage(name: string, { ask }: AuthorizationPorts): Promise<EngineImage | undefined> {
  if (name === '') return undefined;
  const found = await ask(`/images/${encodeURIComponent(name)}/json`, InspectedImage);
  return found === undefined ? undefined : { id: found.Id, volumes: found.Config?.Volumes ?? {} };
}

function inspect(container: string, { ask }: AuthorizationPorts): Promise<InspectedContainer | undefined> {
  return ask(`/containers/${encodeURIComponent(container)}/json`, InspectedContainer);
}

export async function viewOf({ ask, view }: AuthorizationPorts): ReturnType<typeof engineView> {
  return engineView(ask, await view());
}

function placeOf(
  labels: Readonly<Record<string, string>>,
  ports: AuthorizationPorts,
): { readonly environment?: string } {
  const environment = ports.environment(labels);
  return environment === undefined ? {} : { environment };
}
