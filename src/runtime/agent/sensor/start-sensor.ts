import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, oneLine } from '#base/index.ts';
import { endOtherSensor } from './end-other-sensor.ts';
import { removeGroup } from './end-sensor.ts';
import { moveOut } from './sensor-group.ts';

export interface SensorProgram {
  /** Where it may lie; the first that is there is taken. */
  readonly places: readonly string[];
  readonly socket: string;
  readonly instance: string;
  /** Folder of what the engine keeps: there the sensor finds the image of a container. */
  readonly engineRoot: () => string | undefined;
  readonly stateFolder: string;
  readonly isRoot: boolean;
  /** Whether it has to be in the mounts of its agent: those of the engine. */
  readonly sharesMounts: boolean;
}

/** Milliseconds in which a sensor that cannot work ends. */
const patience = 1500;

/** Starts and ends the sensor of an agent. */
export interface SensorStarter {
  /** Answers why there can be none, or nothing when one is on its way. */
  start(): Promise<string | undefined>;
  /** Ends one of an earlier agent that is not as this one would start it, once the engine says where it keeps what it has. */
  renew(): Promise<void>;
  /** Ends the one that was started here, and what it left in the kernel. */
  end(): Promise<void>;
}

/**
 * What starts a sensor that outlives its agent: in a session of its own, and in a cgroup of its own where there are
 * cgroups of version 2.
 */
export function sensorStarter(program: SensorProgram): SensorStarter {
  let running: { readonly file: string; readonly child: ChildProcess } | undefined;
  let renewedFor: string | undefined;
  return {
    async start() {
      const { isRoot, engineRoot, places, stateFolder } = program;
      if (!isRoot) return 'The sensor needs root. Start the agent as root.';
      const file = places.find((one) => existsSync(one));
      if (file === undefined) return `There is no sensor at ${places.join(' or ')}. ${whatToDo}`;
      const root = engineRoot();
      if (root === undefined || (running !== undefined && isAlive(running.child))) return undefined;
      const log = join(stateFolder, 'sensor.log');
      try {
        running = { file, child: await launch(file, { ...program, root, log }) };
      } catch (error) {
        return `The sensor ${file} cannot be started: ${messageOf(error)}.`;
      }
      const ended = await endedWithin(running.child, patience);
      return ended === undefined ? undefined : `The sensor ended with ${ended}: ${lastLine(log)}`;
    },
    async renew() {
      const { instance, isRoot, places, sharesMounts } = program;
      const [file, engineRoot] = [places.find((one) => existsSync(one)), program.engineRoot()];
      if (!isRoot || file === undefined || engineRoot === undefined || engineRoot === renewedFor) return;
      renewedFor = engineRoot;
      await endOtherSensor({ instance, file, engineRoot, sharesMounts });
    },
    async end() {
      if (running === undefined) return;
      const { file, child } = running;
      if (isAlive(child)) {
        child.kill('SIGTERM');
        await endedWithin(child, patience);
      }
      await endedWithin(
        spawn(file, ['--instance', program.instance, '--remove'], { env: {}, stdio: 'ignore' }),
        patience,
      );
      removeGroup(program.instance);
    },
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

const whatToDo =
  'Run `make -C native` in the checkout, or name one with --sensor; docs/how-to/install-sensor.md says what it needs.';

interface Launch extends SensorProgram {
  readonly root: string;
  readonly log: string;
}

async function launch(file: string, { socket, instance, root, log }: Launch): Promise<ChildProcess> {
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  const longest = 4 * 1024 ** 2;
  const isLong = (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > longest;
  const output = openSync(log, isLong ? 'w' : 'a', 0o600);
  try {
    const words = ['--instance', instance, '--socket', socket, '--engine-root', root];
    const child = spawn(file, words, { detached: true, cwd: '/', env: {}, stdio: ['ignore', output, output] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    if (child.pid !== undefined) moveOut(child.pid, instance);
    return child;
  } finally {
    closeSync(output);
  }
}

function endedWithin(child: ChildProcess, milliseconds: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(signal ?? `exit code ${code}`);
    });
  });
}

function lastLine(log: string): string {
  try {
    const [last = ''] = readFileSync(log, 'utf8').trim().split('\n').slice(-1);
    return oneLine(last, 500);
  } catch {
    return '';
  }
}
