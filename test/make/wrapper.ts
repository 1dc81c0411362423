import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const native = join(import.meta.dirname, '../../native');

/** Whether this machine can build the runtime wrapper. */
export function canBuildWrapper(): boolean {
  return ['make', 'gcc'].every((tool) => spawnSync(tool, ['--version']).status === 0);
}

export interface WrapperPlaces {
  /** For what is built. */
  readonly folder: string;
  /** Folder with `gate.json`, fixed in the program; where it is missing, that of the machine. */
  readonly gate?: string;
  /** Runtime where no `gate.json` can be believed, fixed too. */
  readonly runc?: string;
  /** Milliseconds for an agent's answer about a known image, fixed too; 100 unless said. */
  readonly known?: number;
}

/** Builds the runtime wrapper for a test; returns its path. Throws with what the compiler says. */
export function buildWrapper({ folder, gate, runc, known }: WrapperPlaces): string {
  const settings = [
    `BUILD=${folder}`,
    ...(gate === undefined ? [] : [`GATE_FOLDER=${gate}`]),
    ...(runc === undefined ? [] : [`REAL_RUNC=${runc}`]),
    ...(known === undefined ? [] : [`KNOWN_MS=${known}`]),
  ];
  const program = join(folder, 'seawall-runc');
  const { status, stderr } = spawnSync('make', ['-C', native, ...settings, program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return program;
}

/** The wrapper as `gate install` finds it in the checkout, built where a source is newer. */
export function builtWrapper(): string {
  return builtProgram('seawall-runc');
}

/** The program that answers the engine's authorization plugin, in the same way. */
export function builtAuthorization(): string {
  return builtProgram('seawall-authz');
}

function builtProgram(name: string): string {
  const built = spawnSync('flock', [native, 'make', '--silent', '-C', native, `build/${name}`], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  return join(native, 'build', name);
}

/** Builds a program of `native/test` that stands on parts of the wrapper; returns its path. */
export function buildWrapperPart(folder: string, name: string): string {
  const program = join(folder, name);
  const { status, stderr } = spawnSync('make', ['-C', join(native, 'test'), `BUILD=${folder}`, program], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return program;
}
