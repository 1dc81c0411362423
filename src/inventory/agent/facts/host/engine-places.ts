import { byDefault, type Field, missing } from '#base/index.ts';

/** What the readers of the engine's settings say of its places on the host. */
export interface EnginePlaces {
  readonly dataRoot: Field<string>;
  readonly configFile: Field<string>;
  /** Unix sockets that it listens on. */
  readonly sockets: Field<readonly string[]>;
  /** Name of the group of these sockets. */
  readonly socketGroup: Field<string>;
  /** uid that it runs as. */
  readonly user: Field<number>;
  /** Files of TLS in force; those that it does not use are left out. */
  readonly tls: Field<{ readonly authority?: string; readonly certificate?: string; readonly key?: string }>;
  readonly containerdSocket: Field<string>;
  /** Names or paths of the programs behind its default runtime; a wrapper first, then what it wraps. */
  readonly runtimePrograms: Field<readonly string[]>;
  /** SHA-256 of the wrapper of Seawall that was installed, in hexadecimal. */
  readonly wrapper?: string;
  /** What the engine answers to `/info`. */
  readonly info: Field<unknown>;
}

/** Where an engine has its things that nobody configured. */
export const usualEnginePlaces: EnginePlaces = {
  dataRoot: byDefault('/var/lib/docker', 'data-root', 'engine'),
  configFile: byDefault('/etc/docker/daemon.json', '--config-file', 'engine'),
  sockets: byDefault(['/run/docker.sock'], 'hosts', 'engine'),
  socketGroup: byDefault('docker', 'group', 'engine'),
  user: byDefault(0, 'the engine’s process', 'engine'),
  tls: byDefault({}, 'tlsverify', 'engine'),
  containerdSocket: byDefault('/run/containerd/containerd.sock', '--containerd', 'engine'),
  runtimePrograms: byDefault(['runc'], 'default-runtime', 'engine'),
  info: missing('the engine was not asked; it must run'),
};
