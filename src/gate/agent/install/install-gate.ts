import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { divertedPlace, diversionOf, isOfDpkg, putDiversion } from './diversion.ts';
import { pluginServer } from '../docker-authz/program-status.ts';
import { sha256Of } from './durable.ts';
import { pluginName, pluginSocket, withPlugin, withRuntime } from './engine-edits.ts';
import { putBeside, putFile, putLink } from './files.ts';
import { findRuntimes, readEngineSettings, reloadEngine, settingsFileOf } from './find-runtimes.ts';
import { rootProblems } from '../host/engine-root.ts';
import { InstanceFile } from '../schema.ts';
import { type OpenRecord, openRecord, readRecord } from './record.ts';
import { undoGate } from './remove-gate.ts';
import type { GateSettings, InstallWish } from './schema.ts';
import { agentProcess, agentUnit, answeringUnit, hasSystemd, notOfHost, wordsOfAgent } from './units.ts';
import type { GateContext, GateWork } from './gate-work.ts';

const unitFolder = '/etc/systemd/system';
const agentUnitName = 'seawall-agent.service';
const answeringName = 'seawall-authorization';

/**
 * Puts the gate in place, or brings one up to date; goes on where an earlier run was ended. Throws `AppError`
 * `gate-unsuitable`, `gate-changed`; what was done until then is on the record, and `gate remove` undoes it.
 */
export async function installGate(context: GateContext, wish: InstallWish): Promise<GateWork> {
  const earlier = readRecord(context.gateFolder);
  if (earlier?.state === 'removing' || (earlier !== undefined && earlier.wish.divert !== wish.divert))
    undoGate(context);
  const plan = await planOf(context, wish);
  const record = openRecord({ gateFolder: context.gateFolder, wish, now: context.now });
  record.setState('installing');
  putGateSettings(record, context, plan);
  const placed = placeWrapper(record, context, plan);
  const settled = settleEngine(record, context, plan);
  const ordered = putUnits(record, context, plan);
  tryGate(plan);
  record.setState('installed');
  return { done: [...placed, ...settled, ...ordered], notes: plan.notes };
}

interface Plan {
  readonly wish: InstallWish;
  readonly wrapper: Uint8Array;
  /** What answers the engine; missing: nobody wished for it. */
  readonly answering?: Uint8Array;
  /** Where the engine looks for its runtime. */
  readonly runtime: string;
  /** Where the wrapper is to stand. */
  readonly place: string;
  readonly settingsFile: string;
  readonly notes: readonly string[];
}

/** Where the wrapper lies when it takes nobody's place. */
function besidePlace({ gateFolder }: Pick<GateContext, 'gateFolder'>): string {
  return join(gateFolder, 'seawall-runc');
}

/** Looks at everything that may speak against it before anything is changed. */
async function planOf(context: GateContext, wish: InstallWish): Promise<Plan> {
  const settingsFile = settingsFileOf(context.engineSocket);
  const { settings } = readEngineSettings(settingsFile);
  const wrapper = readProgram('The wrapper’s program', context.wrapperPlaces);
  const found = findRuntimes(settings).filter((path) => path !== besidePlace(context));
  const [runtime, ...others] = found;
  if (runtime === undefined)
    throw new AppError('gate-unsuitable', 'No runc is found on this host, so there is no start to judge.');
  if (wish.divert === 'yes' && !isOfDpkg(runtime))
    throw new AppError('gate-unsuitable', `${runtime} was not installed by dpkg, whose diversions outlive upgrades.`, {
      next: 'Use `seawall gate install --no-divert`: the gate is registered with the engine, and partial.',
    });
  refuseWithoutRoot(context);
  if (wish.authorization === 'yes') await refuseWithoutPlugin(context);
  const answering =
    wish.authorization === 'yes'
      ? readProgram('The program that answers the engine, seawall-authz,', context.answering.places)
      : undefined;
  const notes = others.map(
    (path) => `${path} is another runtime on this host; what starts with it goes past the gate.`,
  );
  const place = wish.divert === 'yes' ? runtime : besidePlace(context);
  return { wish, wrapper, ...(answering && { answering }), runtime, place, settingsFile, notes };
}

function readProgram(what: string, places: readonly string[]): Uint8Array {
  const place = places.find((path) => existsSync(path));
  if (place === undefined)
    throw new AppError('gate-unsuitable', `${what} is at none of ${places.join(', ')}.`, {
      next: 'Build it with `make -C native`, or install the package that holds it.',
    });
  return readFileSync(place);
}

/** The wrapper knows an engine's containers by the folders that its agent wrote down. */
function refuseWithoutRoot({ gateFolder, instance }: GateContext): void {
  const [problem] = engineRoots(join(gateFolder, 'instances', `${instance}.json`)).flatMap(rootProblems);
  if (problem !== undefined) throw new AppError('gate-unsuitable', problem);
}

/** None where no agent has written them down, or not as this version reads them: it writes them anew at its start. */
function engineRoots(file: string): readonly string[] {
  try {
    return InstanceFile.parse(JSON.parse(readFileSync(file, 'utf8'))).engineRoots;
  } catch {
    return [];
  }
}

/** dockerd ends when a plugin that it needs is away, and an agent in a container is away until dockerd has started it. */
async function refuseWithoutPlugin({ stateFolder, instance }: GateContext): Promise<void> {
  const agent = agentProcess(stateFolder);
  if (agent === undefined)
    throw new AppError(
      'gate-unsuitable',
      `No agent works with the state in ${stateFolder}, so nobody would answer the engine.`,
      { next: 'Start the agent as a service of the host first, then run the command again.' },
    );
  const why = notOfHost(agent);
  if (why !== undefined)
    throw new AppError(
      'gate-unsuitable',
      `The authorization plugin needs an agent that is a service of the host; ${why}.`,
      { next: 'Install the gate without --authorization, or install the agent on the host by the package seawall.' },
    );
  const socket = pluginSocket(instance);
  const server = await pluginServer(socket);
  // A program that died leaves its socket behind.
  if (server !== 'nothing' && server !== 'refused') return;
  throw new AppError('gate-unsuitable', `Nothing listens at ${socket}, so the engine would not start.`, {
    next: 'Start the agent with --authorization, then run the command again.',
  });
}

function putGateSettings(record: OpenRecord, { gateFolder }: GateContext, { wish, runtime }: Plan): void {
  const settings: GateSettings = {
    form: 1,
    runc: wish.divert === 'yes' ? divertedPlace(runtime) : runtime,
    unknownInstance: wish.unknownInstance,
    broken: wish.broken,
  };
  const bytes = Buffer.from(`${JSON.stringify(settings)}\n`);
  putFile(record, join(gateFolder, 'gate.json'), { bytes, mode: 0o600 });
}

function placeWrapper(record: OpenRecord, { engineSocket }: GateContext, plan: Plan): readonly string[] {
  const { wish, runtime, place, wrapper, settingsFile } = plan;
  if (wish.divert === 'yes') {
    putDiversion(record, runtime, wrapper);
    return [`${runtime} is the gate’s wrapper now; the engine’s own runtime lies at ${divertedPlace(runtime)}.`];
  }
  putBeside(record, { path: place, runtime }, wrapper);
  putFile(record, settingsFile, { bytes: Buffer.from(withRuntime(settingsFile, place)) });
  const when = reloadEngine(engineSocket) ? '' : ', from its next start on';
  return [`${settingsFile} names ${place} as default runtime${when}; what names another runtime goes past it.`];
}

/** Told to read its settings again, an engine would end when the plugin does not answer; so people restart it. */
function settleEngine(record: OpenRecord, { instance }: GateContext, { wish, settingsFile }: Plan): readonly string[] {
  if (wish.authorization === 'no') return [];
  putFile(record, settingsFile, { bytes: Buffer.from(withPlugin(settingsFile, pluginName(instance))) });
  return [`${settingsFile} names the authorization plugin; it counts when the engine was restarted.`];
}

function putUnits(record: OpenRecord, context: GateContext, { answering }: Plan): readonly string[] {
  const agent = agentProcess(context.stateFolder);
  // The engine starts an agent in a container; no unit may start another one.
  if (!hasSystemd() || agent === undefined || notOfHost(agent) !== undefined) return [];
  const unit = agentUnit(context.program, wordsOfAgent(agent));
  const atBoot = 'multi-user.target';
  const files = isStartedByAnother(agentUnitName, atBoot)
    ? []
    : [putUnit(record, { name: agentUnitName, text: unit, wantedBy: atBoot })];
  if (answering !== undefined) files.push(...putAnswering(record, context, answering));
  execFileSync('systemctl', ['daemon-reload'], { stdio: 'pipe' });
  // Where it runs by its unit already, the one that was just put there takes its place.
  if (answering !== undefined)
    execFileSync('systemctl', ['try-restart', `${answeringName}.service`], { stdio: 'pipe' });
  return files.map((file) => `${file} counts from the next boot on.`);
}

/** The program lies beside the gate's other files: it must be there while a checkout or a package is not. */
function putAnswering(record: OpenRecord, context: GateContext, bytes: Uint8Array): readonly string[] {
  const { gateFolder, stateFolder, instance, answering, socketUnit } = context;
  const program = join(gateFolder, 'seawall-authz');
  putFile(record, program, { bytes, mode: 0o755 });
  const service = answeringUnit({
    program,
    socket: answering.socket,
    instance,
    ledger: join(stateFolder, 'gate/ledger'),
    agent: agentUnitName,
  });
  const file = join(unitFolder, `${answeringName}.service`);
  putFile(record, file, { bytes: Buffer.from(service) });
  const text = readFileSync(socketUnit, 'utf8').replace('/seawall.sock', `/${pluginName(instance)}.sock`);
  return [file, putUnit(record, { name: `${answeringName}.socket`, text, wantedBy: 'sockets.target' })];
}

/** Whether a unit of this name starts at boot that is not the gate's: that of the package, which stands before the engine too. */
function isStartedByAnother(name: string, wantedBy: string): boolean {
  const link = wantOf(name, wantedBy);
  const found = lstatSync(link, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(link) !== besideWants(name);
}

function wantOf(name: string, wantedBy: string): string {
  return join(unitFolder, `${wantedBy}.wants`, name);
}

/** Where a unit of the gate lies, from the folder of links. */
function besideWants(name: string): string {
  return `../${name}`;
}

interface Unit {
  readonly name: string;
  readonly text: string;
  readonly wantedBy: string;
}

function putUnit(record: OpenRecord, { name, text, wantedBy }: Unit): string {
  const file = join(unitFolder, name);
  putFile(record, file, { bytes: Buffer.from(text) });
  putLink(record, wantOf(name, wantedBy), besideWants(name));
  return file;
}

/** A runtime that does not answer keeps every container from starting, so it is tried at once. */
function tryGate({ wish, runtime, place, wrapper }: Plan): void {
  try {
    if (diversionOf(runtime) === undefined && wish.divert === 'yes') throw new Error('dpkg knows no diversion of it');
    if (sha256Of(readFileSync(place)) !== sha256Of(wrapper)) throw new Error('it is not what was put there');
    execFileSync(place, ['--version'], { stdio: 'pipe', timeout: 10_000 });
  } catch (error) {
    throw new AppError(
      'gate-unsuitable',
      `The wrapper at ${place} does not hand on to the engine’s runtime: ${messageOf(error)}`,
      {
        next: 'Run `seawall gate remove`, which puts the runtime back.',
      },
    );
  }
}
