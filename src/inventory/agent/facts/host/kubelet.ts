import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostShape, KubeletSettings, StaticPod } from '../../../facts/host.ts';
import { attemptLater, type HostAccess, whenKnown } from './fields.ts';
import { programOf } from './files.ts';
import type { HostReader } from './host-reader.ts';
import { argumentsOf, type HostProcess } from './processes.ts';
import { KubeletConfiguration } from './schema.ts';

const usualConfig = '/var/lib/kubelet/config.yaml';

interface Kubelet {
  readonly settings: KubeletSettings;
  readonly staticPodPath?: string;
}

/** Settings that the kubelet runs with: its flags, then its file. */
export async function collectKubelet(
  { host }: HostAccess,
  processes: readonly HostProcess[],
): Promise<FieldsOf<Pick<HostShape, 'kubelet' | 'staticPods'>>> {
  const found = await attemptLater(() => kubelet(host, processes));
  return {
    kubelet: whenKnown(found, (running) => known(running?.settings ?? null, placeOf(found))),
    staticPods: whenKnown(found, (running) => staticPods(host, running?.staticPodPath)),
  };
}

function placeOf(field: Field<unknown>): string {
  return field.kind === 'known' ? field.at : '';
}

async function kubelet(host: HostReader, processes: readonly HostProcess[]): Promise<Field<Kubelet | null>> {
  const running = processes.find(({ name, owner }) => name === 'kubelet' && owner === 'host');
  const bundled = processes.find(({ name }) => /^(?:k3s|rke2|microk8s)/.test(name));
  if (bundled !== undefined) return missing(`${bundled.name} runs the kubelet inside it, with settings of its own`);
  if (running === undefined && programOf(host, 'kubelet') === undefined && host.file(usualConfig) === undefined)
    return known(null, 'kubelet');
  const flags = flagsOf(running === undefined ? [] : argumentsOf(host.root, running.pid));
  const path = flags.get('config') ?? usualConfig;
  const text = host.text(path, 256 * 1024);
  if (text === undefined && running === undefined) return missing(`the kubelet does not run, and there is no ${path}`);
  return known(kubeletOf(text, flags), `${path} and the kubelet’s flags`);
}

/** `--name=value` and `--name value`. */
export function flagsOf(args: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    args.flatMap((word, at) => {
      const [, name, value] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const next = args[at + 1];
      return name === undefined ? [] : [[name, value ?? (next === undefined || next.startsWith('-') ? 'true' : next)]];
    }),
  );
}

/** Flags count more than the file. Without a file the kubelet has the older defaults of its flags. */
export function kubeletOf(file: string | undefined, flags: ReadonlyMap<string, string>): Kubelet {
  const config = file === undefined ? undefined : KubeletConfiguration.parse(parse(file, { maxAliasCount: 0 }));
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = flags.get(name);
    return value === undefined ? otherwise : value === 'true';
  };
  const anonymous = config === undefined || config.authentication?.anonymous?.enabled === true;
  const path = flags.get('pod-manifest-path') ?? config?.staticPodPath;
  const settings: KubeletSettings = {
    anonymous: flag('anonymous-auth', anonymous) ? 'allowed' : 'refused',
    authorization:
      flags.get('authorization-mode') ?? config?.authorization?.mode ?? (config ? 'Webhook' : 'AlwaysAllow'),
    readOnlyPort: Number(flags.get('read-only-port') ?? config?.readOnlyPort ?? 10_255),
    rotateCertificates: flag('rotate-certificates', config?.rotateCertificates ?? false) ? 'on' : 'off',
    seccompDefault: flag('seccomp-default', config?.seccompDefault ?? false) ? 'on' : 'off',
  };
  return { settings, ...(path !== undefined && path !== '' && { staticPodPath: path }) };
}

/** The kubelet leaves out names that begin with a dot. */
function staticPods(host: HostReader, folder: string | undefined): Field<readonly StaticPod[]> {
  if (folder === undefined) return known([], 'staticPodPath');
  const names = (host.names(folder) ?? []).filter((name) => !name.startsWith('.'));
  const found = names.flatMap((name) => {
    const path = `${folder}/${name}`;
    const bytes = host.bytes(path, 1024 * 1024);
    return bytes === undefined ? [] : { path, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
  });
  return known(found, folder);
}
