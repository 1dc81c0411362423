import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byDefault, type Field, known, missing } from '#base/index.ts';
import { holdsPath } from '../../../settings/index.ts';
import type { EnginePlaces } from '../host/engine-places.ts';
import type { EngineProcess } from './process.ts';
import { listeningPaths } from './process.ts';
import type { Info } from './schema.ts';
import { type EngineStart, inForce, switchSetting, textSetting } from './settings-in-force.ts';
import { programOf } from './programs.ts';

interface PlacesQuestion {
  readonly info: Info;
  readonly engine: EngineProcess;
  readonly start: EngineStart;
  readonly proc: string;
}

/** Where the engine behind a process has its things on the host, by its flags, its file and what it has open. */
export async function placesOf({ info, engine, start, proc }: PlacesQuestion): Promise<EnginePlaces> {
  const executionRoot = valueOf(setting('exec-root', '/var/run/docker', start), '/var/run/docker');
  return {
    ...placesOfInfo(info),
    configFile: known(start.file.path, 'dockerd --config-file'),
    sockets: known(await apiSockets(engine, executionRoot, proc), '/proc/PID/fd'),
    socketGroup: setting('group', 'docker', start),
    user: known(engine.uid, '/proc/PID/status Uid'),
    tls: tlsFiles(engine, start),
    containerdSocket: await containerdSocket({ engine, start, executionRoot, proc }),
  };
}

/** What is known of these places where no process of the engine is seen. */
export function placesWithoutProcess(info: Info, why: string): EnginePlaces {
  const none = missing(why);
  const unseen = { configFile: none, sockets: none, socketGroup: none, user: none, tls: none, containerdSocket: none };
  return { ...placesOfInfo(info), ...unseen };
}

function placesOfInfo(info: Info): Pick<EnginePlaces, 'dataRoot' | 'runtimePrograms' | 'info'> {
  const { DockerRootDir: root, Runtimes: runtimes, DefaultRuntime: name = 'runc' } = info;
  const runtime = runtimes?.[name];
  return {
    dataRoot:
      root === undefined
        ? missing('the engine’s answer to /info has no DockerRootDir')
        : known(root, '/info DockerRootDir'),
    runtimePrograms:
      runtime === undefined
        ? missing(`the engine’s answer to /info has no runtime ${name}`)
        : known([programOf(runtime)], '/info Runtimes'),
    info: known(info, '/info'),
  };
}

/** Sockets that it listens at, but for those of its plugins and networks, which lie where it keeps what runs. */
async function apiSockets(engine: EngineProcess, executionRoot: string, proc: string): Promise<readonly string[]> {
  const own = [executionRoot, executionRoot.replace(/^\/var\/run\//, '/run/')];
  const paths = await listeningPaths(engine.sockets, proc);
  return paths.filter((path) => path.startsWith('/') && !own.some((folder) => holdsPath(folder, path))).toSorted();
}

/** Files of TLS, where the API uses it; what is not named lies in the home folder. */
function tlsFiles({ environment }: EngineProcess, start: EngineStart): EnginePlaces['tls'] {
  const verify = inForce(
    switchSetting('tlsverify', () => false),
    start,
  );
  const tls = inForce(
    switchSetting('tls', () => false),
    start,
  );
  if (verify.kind === 'missing') return verify;
  if (tls.kind === 'missing') return tls;
  // As the engine does: whoever says that TLS is off may still ask that certificates be verified.
  if (!verify.value && !tls.value) return byDefault({}, tls.at, 'engine');
  const folder = environment['DOCKER_CERT_PATH'] || join(environment['HOME'] ?? '/root', '.docker');
  const file = (name: string, usual: string): string => valueOf(setting(name, '', start), '') || join(folder, usual);
  return known(
    {
      ...(verify.value && { authority: file('tlscacert', 'ca.pem') }),
      certificate: file('tlscert', 'cert.pem'),
      key: file('tlskey', 'key.pem'),
    },
    verify.value ? verify.at : tls.at,
  );
}

interface ContainerdQuestion extends Pick<PlacesQuestion, 'engine' | 'start' | 'proc'> {
  readonly executionRoot: string;
}

/** An engine that is told none uses the system’s containerd where that runs, and else starts one of its own. */
async function containerdSocket({
  engine,
  start,
  executionRoot,
  proc,
}: ContainerdQuestion): Promise<EnginePlaces['containerdSocket']> {
  const named = setting('containerd', '', start);
  if (named.kind === 'missing' || named.value !== '') return named;
  const own = join(executionRoot, 'containerd/containerd.sock');
  const isThere = await stat(join(proc, `${engine.pid}/root`, own)).then(
    () => true,
    () => false,
  );
  return isThere ? known(own, own) : byDefault('/run/containerd/containerd.sock', 'dockerd --containerd', 'engine');
}

function setting(name: string, usual: string, start: EngineStart): Field<string> {
  return inForce(
    textSetting(name, () => usual),
    start,
  );
}

function valueOf(field: Field<string>, otherwise: string): string {
  return field.kind === 'known' ? field.value : otherwise;
}
