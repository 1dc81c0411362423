import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostFile, HostFiles } from '../../../facts/host-file.ts';
import type { EnginePlaces } from './engine-places.ts';
import { attempt, type HostAccess, whenKnown } from './fields.ts';
import type { HostReader } from './host-reader.ts';
import { unitFiles } from './unit-files.ts';

const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const otherSockets = [
  '/run/podman/podman.sock',
  '/run/crio/crio.sock',
  '/run/buildkit/buildkitd.sock',
  '/run/cri-dockerd.sock',
  '/run/k3s/containerd/containerd.sock',
];
const sockets = ['podman/podman.sock', 'buildkit/buildkitd.sock', 'docker.sock', 'containerd/containerd.sock'];
const kubeletPaths = ['/etc/kubernetes/kubelet.conf', '/var/lib/kubelet/kubeconfig', '/var/lib/kubelet/config.yaml'];

/** Owners and modes of the files that checks ask for. */
export function collectFiles({ host, engine }: HostAccess): FieldsOf<HostFiles> {
  // Where no host is, no file is, and that would read as `not applicable`.
  const look = (read: () => readonly HostFile[], at: string): Field<readonly HostFile[]> =>
    attempt(() => (host.file('/etc') === undefined ? missing(`there is no host at ${host.root}`) : known(read(), at)));
  const at = (...paths: readonly string[]): Field<readonly HostFile[]> =>
    look(() => filesAt(host, paths), paths.join(', '));
  const placed = (place: Field<string>): Field<readonly HostFile[]> => whenKnown(place, (path) => at(path));
  const unit = (name: string): Field<readonly HostFile[]> =>
    look(() => unitFiles(host, name), `systemd’s search path, ${name}`);
  const tls = (name: 'authority' | 'certificate' | 'key'): Field<readonly HostFile[]> =>
    whenKnown(engine.tls, ({ [name]: path }) => (path === undefined ? known([], `TLS, ${name}`) : at(path)));
  const programs = (...names: readonly string[]): Field<readonly HostFile[]> =>
    look(() => names.flatMap((name) => programOf(host, name) ?? []), names.join(', '));
  return {
    engineService: unit('docker.service'),
    engineSocketUnit: unit('docker.socket'),
    engineFolder: at('/etc/docker'),
    engineConfig: placed(engine.configFile),
    engineDefaults: at('/etc/default/docker'),
    engineSysconfig: at('/etc/sysconfig/docker'),
    registryCertificates: look(() => registryFiles(host), '/etc/docker/certs.d'),
    tlsAuthority: tls('authority'),
    tlsCertificate: tls('certificate'),
    tlsKey: tls('key'),
    engineSockets: whenKnown(engine.sockets, (paths) => at(...paths)),
    dataRoot: placed(engine.dataRoot),
    containerdFolder: at('/run/containerd'),
    containerdSocket: placed(engine.containerdSocket),
    containerdConfig: at('/etc/containerd/config.toml'),
    engineProgram: programs('dockerd'),
    containerdProgram: programs('containerd'),
    shimProgram: programs('containerd-shim'),
    shimRuncV1Program: programs('containerd-shim-runc-v1'),
    shimRuncV2Program: programs('containerd-shim-runc-v2'),
    runtimePrograms: whenKnown(engine.runtimePrograms, (names) => programs(...names)),
    sudoers: look(() => sudoersFiles(host), '/etc/sudoers, /etc/sudoers.d'),
    kubeletFiles: look(
      () => [...filesAt(host, kubeletPaths), ...unitFiles(host, 'kubelet.service')],
      'files of the kubelet',
    ),
    otherRuntimeSockets: look(() => otherRuntimeSockets(host, engine), '/run'),
  };
}

function filesAt(host: HostReader, paths: readonly string[]): readonly HostFile[] {
  return paths.flatMap((path) => host.file(path) ?? []);
}

/** A program by its path, or where the host would find it by its name. */
export function programOf(host: HostReader, name: string): HostFile | undefined {
  const paths = name.startsWith('/') ? [name] : programFolders.map((folder) => `${folder}/${name}`);
  const path = paths.find((each) => host.file(each)?.kind === 'file');
  return path === undefined ? undefined : host.file(path);
}

function registryFiles(host: HostReader): readonly HostFile[] {
  const folder = '/etc/docker/certs.d';
  const registries = host.names(folder) ?? [];
  return registries.flatMap((registry) =>
    (host.names(`${folder}/${registry}`) ?? [])
      .flatMap((name) => host.file(`${folder}/${registry}/${name}`) ?? [])
      .filter(({ kind }) => kind === 'file'),
  );
}

/** sudo leaves out names with a dot or a tilde at their end. */
function sudoersFiles(host: HostReader): readonly HostFile[] {
  const included = (host.names('/etc/sudoers.d') ?? []).filter((name) => !name.includes('.') && !name.endsWith('~'));
  return filesAt(host, ['/etc/sudoers', ...included.map((name) => `/etc/sudoers.d/${name}`)]);
}

function otherRuntimeSockets(host: HostReader, engine: EnginePlaces): readonly HostFile[] {
  const own = engine.sockets.kind === 'known' ? engine.sockets.value : [];
  const users = (host.names('/run/user') ?? []).flatMap((uid) => sockets.map((name) => `/run/user/${uid}/${name}`));
  return filesAt(host, [...otherSockets, ...users]).filter(
    ({ path, kind }) => kind === 'socket' && !own.includes(path),
  );
}
