import { join } from 'node:path';
import type { ImageDigest } from '#base/index.ts';
import { getDesiredConfiguration, type RuntimeRule } from '../contract.ts';
import { type WantedKey, wantedIdOf } from '../model-id.ts';
import { Behaviour } from './behaviour/behaviour.ts';
import { ProgramsSeen } from './behaviour/programs-seen.ts';
import { ArmedReport } from './armed-report.ts';
import { CodeAsker } from './code/code-asker.ts';
import { RunningCode } from './code/running-code.ts';
import { ArmedContainers } from './containers/armed.ts';
import { isAsked } from './containers/armed-fact.ts';
import type { ContainerRecord } from './containers/container-record.ts';
import { RuntimeContainers } from './containers/containers.ts';
import { EvidenceStore } from './evidence-store.ts';
import type { Images } from './images.ts';
import { ModelIndexes } from './model-indexes.ts';
import type { RuntimeOptions } from './options.ts';
import { type AskConfiguration, openConfigurationClient, type ConfigurationClient } from './desired-configuration.ts';
import { Policies, type PlacedTable } from './policies/policies.ts';
import { SensorPolicies } from './policies/sensor-policies.ts';
import { SensorTables } from './policies/sensor-tables.ts';
import { ruleOf, type RuleSubject } from './rule-of.ts';
import { SaveFaults } from './saves/save-faults.ts';
import { openSensorLine, type SensorLine } from './sensor-line.ts';
import { SensorReport } from './sensor-report.ts';
import { type SensorStarter, sensorStarter } from './sensor/start-sensor.ts';

/** Length of an hour before the console said another. */
const usualBucket = 3600;

/** What the runtime of an agent runs. */
export interface RuntimeServices {
  readonly options: RuntimeOptions;
  readonly configuration: ConfigurationClient;
  readonly containers: RuntimeContainers;
  readonly armed: ArmedContainers;
  readonly armedReport: ArmedReport;
  readonly evidence: EvidenceStore;
  readonly policies: Policies;
  readonly behaviour: Behaviour;
  readonly code: RunningCode;
  readonly report: SensorReport;
  readonly line: SensorLine;
  readonly starter: SensorStarter;
  readonly indexes: Images['indexes'];
  readonly bucketSeconds: () => number;
  /** Makes ready what the first container of an image needs, as soon as the image is here and scanned. */
  readonly prepare: (digest: ImageDigest) => Promise<void>;
}

/** What services report to each other, whichever was made first. */
interface Bells {
  configuration: () => void;
  asked: () => void;
  armed: () => void;
  placed: () => void;
  say: (frame: Buffer) => void;
  deliver: (frame: Buffer) => Promise<boolean>;
}

/** Nothing of the runtime is constructed elsewhere. */
export function composeRuntime(options: RuntimeOptions, images: Images): RuntimeServices {
  const nothing = (): void => undefined;
  const bells: Bells = {
    configuration: nothing,
    asked: nothing,
    armed: nothing,
    placed: nothing,
    say: nothing,
    deliver: async () => false,
  };
  const { stateFolder, collecting, identify, link, log, host } = options;
  const folder = join(stateFolder, 'runtime');
  const configuration = openConfiguration(options, {
    file: join(folder, 'orders.json'),
    changed: () => bells.configuration(),
  });
  const bucketSeconds = (): number => configuration.current()?.bucketSeconds ?? usualBucket;
  const faults = new SaveFaults(log);
  const containers = new RuntimeContainers({
    file: join(folder, 'containers.json'),
    describe: (id) => collecting.describe(id),
    identify,
    now: Date.now,
    faults,
    log,
  });
  const evidence = new EvidenceStore({
    folder: join(stateFolder, 'models'),
    bucketSeconds,
    send: (fact) => link.send('behaviour', fact),
    faults,
    log,
  });
  const rule = (what: RuleSubject) => ruleOf(configuration.current(), what, host);
  const { tables, desk } = openDesks(bells, log);
  const used = { options, images, configuration, containers, evidence, faults, bucketSeconds };
  const context: Context = { ...used, rule, desk, tables, bells };
  const early = new EarlyTables();
  const policies = makePolicies(context, early);
  const behaviour = makeBehaviour(context);
  const armed = openArmed(policies, bells);
  const armedReport = openArmedReport(options, { armed, configuration, policies });
  const asker = new CodeAsker((frame) => bells.say(frame));
  const code = makeRunningCode(context, { asker, contact: () => line.contact() });
  const { report, line, starter } = openLine(context, { behaviour, armed, armedReport, asker, code });
  bells.say = (frame) => line.say(frame);
  bells.deliver = (frame) => line.deliver(frame);
  bells.placed = () => policies.refresh();
  bells.armed = () => armedReport.changed();
  bells.asked = () => armed.askedAnew();
  bells.configuration = () => {
    line.configure();
    code.follow(configuration.current()?.questions ?? []);
    policies.refresh();
  };
  const seen = { containers, armed, armedReport, evidence, policies, behaviour, code };
  const { indexes } = images;
  const prepare = preparing(context, early);
  return { options, configuration, ...seen, report, line, starter, indexes, bucketSeconds, prepare };
}

function openDesks(bells: Bells, log: RuntimeOptions['log']): Pick<Context, 'tables' | 'desk'> {
  const tables = new SensorTables({
    deliver: (frame) => bells.deliver(frame),
    changed(number) {
      desk.tableCame(number);
      bells.placed();
    },
    log,
  });
  const desk = new SensorPolicies(
    (bytes) => bells.say(bytes),
    (table) => tables.stateOf(table)?.kind === 'taken',
  );
  return { tables, desk };
}

/** Has an image's table made and put, before a container of it is there. */
function preparing(context: Context, early: EarlyTables): RuntimeServices['prepare'] {
  const { options, images } = context;
  return async (digest) => {
    const imageId = options.collecting.images().find(({ subject }) => (subject as string | undefined) === digest)?.id;
    if (imageId !== undefined && !images.places.has(digest)) images.places.set(digest, { imageId });
    early.add(digest, performance.now());
    await tableOf(digest, context);
  };
}

function openArmed(policies: Policies, bells: Bells): ArmedContainers {
  return new ArmedContainers({
    isArmed: (id, reported) => reported.problem === undefined && isAsked({ asked: policies.asked(id), reported }),
    changed: () => bells.armed(),
  });
}

function openArmedReport(
  { reporter }: RuntimeOptions,
  { armed, configuration, policies }: Pick<RuntimeServices, 'armed' | 'configuration' | 'policies'>,
): ArmedReport {
  return new ArmedReport({
    reporter,
    running: () => policies.running(),
    evidence: (id) => ({
      hasConfiguration: configuration.current() !== undefined,
      asked: policies.asked(id),
      reported: armed.reported(id),
    }),
  });
}

interface Context
  extends Pick<RuntimeServices, 'options' | 'configuration' | 'containers' | 'evidence' | 'bucketSeconds'> {
  readonly images: Images;
  readonly faults: SaveFaults;
  readonly rule: (what: RuleSubject) => RuntimeRule | undefined;
  readonly desk: SensorPolicies;
  readonly tables: SensorTables;
  readonly bells: Bells;
}

function openConfiguration(
  { collecting, link, log }: RuntimeOptions,
  place: { readonly file: string; readonly changed: () => void },
): ConfigurationClient {
  const ask: AskConfiguration = ({ models, ...body }, signal) => {
    const asked = models.map(({ key, ...wanted }) => ({ key: { ...key, entrypoint: [...key.entrypoint] }, ...wanted }));
    return link.call(getDesiredConfiguration, { body: { ...body, models: asked } }, signal);
  };
  return openConfigurationClient({
    ...place,
    ask,
    images: () => (collecting.present() === undefined ? undefined : heldImages({ options: { collecting } })),
    log,
  });
}

function makePolicies(
  { options, images, configuration, containers, rule, desk, tables, bells }: Context,
  early: EarlyTables,
): Policies {
  return new Policies({
    desk,
    rule,
    log: options.log,
    ownContainer: options.ownContainer,
    table: (digest) => tableOf(digest, { images, tables }),
    keepTables: (digests) => tables.keepOnly(new Set([...digests, ...early.since(performance.now())])),
    model: (id) => configuration.model(id),
    chosen: chosenBy(configuration, options),
    asked: () => bells.asked(),
    engineFiles: () => images.engineFiles,
    phase: (id) => containers.byId(id)?.phaseAt(Date.now()) ?? 'boot',
    placed(digest, imageId, container) {
      const root = containers.byId(container)?.kept.root ?? images.places.get(digest)?.root;
      images.places.set(digest, { imageId, ...(root !== undefined && { root }) });
    },
  });
}

/** Images whose tables were put before there was a container of them: kept for a while. */
class EarlyTables {
  /** By the moment of `performance.now()` at which it was put, oldest first. */
  readonly #moments = new Map<ImageDigest, number>();

  add(digest: ImageDigest, now: number): void {
    this.#moments.delete(digest);
    this.#moments.set(digest, now);
    const [oldest] = this.#moments.keys();
    if (this.#moments.size > mostEarly && oldest !== undefined) this.#moments.delete(oldest);
  }

  since(now: number): ReadonlySet<ImageDigest> {
    for (const [digest, moment] of this.#moments) if (now - moment > earlyMs) this.#moments.delete(digest);
    return new Set(this.#moments.keys());
  }
}

const mostEarly = 8;
const earlyMs = 600_000;

/** What policies need of an image; its table is on its way to the sensor then. */
async function tableOf(
  digest: ImageDigest,
  { images, tables }: Pick<Context, 'images' | 'tables'>,
): Promise<PlacedTable | undefined> {
  if (tables.isGone(digest)) images.indexes.forget(digest);
  const index = await images.indexes.of(digest);
  if (index === undefined) return undefined;
  const { stamp, device, files, isComplete } = index.head;
  const { inodeOf, hasApplets, tools, packedLibraries } = index;
  const known = { inodeOf, hasApplets, tools, packedLibraries };
  if (files === 0) return { number: 0, isComplete: false, ...known };
  const number = tables.offer({ key: digest, stamp, device, files, rowsFile: index.rowsFile });
  const state = tables.stateOf(number);
  if (state?.kind !== 'refused') return { number, isComplete, ...known };
  const problem = `The sensor has no table of the image's files: ${state.reason}.`;
  return { number: 0, isComplete: false, ...known, problem };
}

function makeBehaviour({
  options,
  images,
  configuration,
  containers,
  evidence,
  rule,
  bells,
  bucketSeconds,
}: Context): Behaviour {
  const { link, collecting, log } = options;
  const indexes = new ModelIndexes((id) => configuration.model(id), bucketSeconds);
  return new Behaviour({
    containers,
    evidence,
    programs: new ProgramsSeen(images.programs, images.hasher),
    bucketSeconds,
    rule: (record) => rule(ruleSubjectOf(record)),
    index: (record) => {
      const wanted = wantedOf(record, { configuration, options });
      return wanted === undefined ? undefined : indexes.of(wanted);
    },
    chosen: ({ described }) => chosenBy(configuration, options)(described?.fact.environment),
    send: (kind, body) => link.send(kind, body),
    stop: (id) => collecting.kill(id),
    changed: () => bells.placed(),
    log,
  });
}

/** Milliseconds until a container that was there before its sensor has its policy. */
const untilJudged = 10_000;

function makeRunningCode(
  { options, images, containers }: Context,
  { asker, contact }: { readonly asker: CodeAsker; readonly contact: SensorLine['contact'] },
): RunningCode {
  const { host, link, log } = options;
  return new RunningCode({
    host,
    containers,
    asker,
    link,
    log,
    find: (digest, path) => images.programs.find(digest, path),
    sensor() {
      const met = contact();
      if (met?.kind !== 'working') return undefined;
      const { epoch, bootOffset, features } = met.hello;
      return { clock: { epoch, bootOffset }, features };
    },
  });
}

interface Hearing extends Pick<RuntimeServices, 'behaviour' | 'armed' | 'armedReport' | 'code'> {
  readonly asker: CodeAsker;
}

function openLine(
  { options, desk, tables, faults, bucketSeconds }: Context,
  { behaviour: learning, armed, armedReport, asker, code }: Hearing,
): Pick<RuntimeServices, 'report' | 'line' | 'starter'> {
  const { reporter, say, instance, sensor, isRoot, engineRoot, stateFolder, ownContainer, log } = options;
  const report = new SensorReport(reporter, { say, faults, met: (contact) => armedReport.met(contact) });
  const sharesMounts = ownContainer !== undefined;
  const starter = sensorStarter({ ...sensor, instance, engineRoot, stateFolder, isRoot, sharesMounts });
  const { socket } = sensor;
  const start = () => starter.start();
  const behaviour: Pick<Behaviour, 'take' | 'giveUp'> = {
    giveUp: (event, clock) => learning.giveUp(event, clock),
    async take(event, clock) {
      await learning.take(event, clock);
      if (event.kind === 'container' && event.state === 'found')
        setTimeout(() => void code.report(event.id), untilJudged).unref();
    },
  };
  const reported = { code: asker, behaviour, armed, report, desk, tables, bucketSeconds };
  const line = openSensorLine({ socket, instance, start, log, ...reported });
  return { report, line, starter };
}

function digestOf(subject: string): ImageDigest {
  return subject as ImageDigest;
}

/** The environment that a label chose; a collection that gives the host its environment outweighs labels. */
function chosenBy(
  configuration: ConfigurationClient,
  { environment: own }: Pick<RuntimeOptions, 'environment'>,
): (environment: string | undefined) => string | undefined {
  return (environment) =>
    environment === own || configuration.current()?.environment !== undefined ? undefined : environment;
}

/** Model that speaks for a container here; `undefined` while its image is not known. */
function wantedOf(
  { modelKey, described }: ContainerRecord,
  { configuration, options }: Pick<RuntimeServices, 'configuration' | 'options'>,
): WantedKey | undefined {
  if (modelKey === undefined) return undefined;
  return { ...modelKey, chosen: chosenBy(configuration, options)(described?.fact.environment) };
}

function ruleSubjectOf({ kept, described }: ContainerRecord): RuleSubject {
  const { image, labels, environment } = described?.fact ?? {};
  return { images: [image?.name ?? kept.imageId], labels: labels ?? {}, environment };
}

/** Images that the engine holds, as far as what is in them is known. */
export function heldImages({
  options,
}: {
  readonly options: Pick<RuntimeOptions, 'collecting'>;
}): readonly ImageDigest[] {
  return options.collecting.images().flatMap(({ subject }) => (subject === undefined ? [] : [digestOf(subject)]));
}

/** Models of the containers that are there, and of those that ended a moment ago. */
export function modelsOf({
  policies,
  containers,
  ...asked
}: Pick<RuntimeServices, 'policies' | 'containers' | 'configuration' | 'options'>): readonly WantedKey[] {
  const found = new Map<string, WantedKey>(policies.models().map((key) => [wantedIdOf(key), key]));
  const chosen = chosenBy(asked.configuration, asked.options);
  for (const { model, described } of containers.recent()) {
    if (model === undefined) continue;
    const own = chosen(described?.fact.environment);
    const wanted: WantedKey = own === undefined ? model.key : { ...model.key, chosen: own };
    found.set(own === undefined ? model.id : wantedIdOf(wanted), wanted);
  }
  return [...found.values()];
}
