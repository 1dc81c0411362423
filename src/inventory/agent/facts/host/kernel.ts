import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import {
  type CoreDumps,
  type HostShape,
  type KernelModule,
  type KernelParameter,
  kernelParameters,
} from '../../../facts/host.ts';
import { attempt, type HostAccess } from './fields.ts';
import type { HostReader } from './host-reader.ts';
import { lockdownOf } from './boot.ts';

/** Modules that few hosts need. */
const rareModules = ['dccp', 'sctp', 'rds', 'tipc', 'usb-storage'];

type Names = KernelParameter | 'coreDumps' | 'kexec' | 'modules';

/** Settings of the running kernel. */
export function collectKernel({ host }: HostAccess): FieldsOf<Pick<HostShape, Names>> {
  return {
    ...(Object.fromEntries(kernelParameters.map((name) => [name, attempt(() => parameter(host, name))])) as {
      [Name in KernelParameter]: Field<number | null>;
    }),
    coreDumps: attempt(() => coreDumps(host)),
    kexec: attempt(() => kexec(host)),
    modules: attempt(() => modules(host)),
  };
}

function parameter(host: HostReader, name: string): Field<number | null> {
  const place = placeOf(name);
  const text = host.text(place)?.trim();
  if (text === undefined)
    return host.file('/proc/sys/kernel') === undefined ? missing('/proc is not mounted') : known(null, place);
  return /^-?\d{1,10}$/.test(text) ? known(Number(text), place) : missing(`${place} holds no number`);
}

function placeOf(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`;
}

function coreDumps(host: HostReader): Field<CoreDumps> {
  const place = placeOf('kernel.core_pattern');
  const pattern = host.text(place)?.trimEnd();
  if (pattern === undefined) return missing('/proc is not mounted');
  const program = helperOf(pattern);
  const helper = program === undefined ? undefined : host.file(program);
  return known({ pattern, ...(helper && { helper }) }, place);
}

/** The program of core(5)'s pattern. */
export function helperOf(pattern: string): string | undefined {
  return /^\|\s*(\/\S+)/.exec(pattern)?.[1];
}

function kexec(host: HostReader): Field<HostShape['kexec']> {
  const disabled = parameter(host, 'kernel.kexec_load_disabled');
  if (disabled.kind === 'missing') return disabled;
  if (disabled.value === null) return known('absent', disabled.at);
  if (disabled.value === 1) return known('disabled', disabled.at);
  const lockdown = lockdownOf(host);
  if (lockdown === undefined)
    return missing('whether the kernel is locked down cannot be read; mount securityfs at /sys/kernel/security');
  return known(lockdown === 'none' || lockdown === 'absent' ? 'allowed' : 'locked-down', disabled.at);
}

function modules(host: HostReader): Field<readonly KernelModule[]> {
  const release = host.text('/proc/sys/kernel/osrelease')?.trim();
  if (release === undefined) return missing('/proc is not mounted');
  const loaded = new Set((host.text('/proc/modules') ?? '').split('\n').map((line) => line.split(' ')[0]));
  const folder = `/lib/modules/${release}`;
  // A kernel without support for modules has no list of loaded ones.
  const built = host.text(`${folder}/modules.builtin`, 4 * 1024 * 1024) ?? '';
  const files = host.text(`${folder}/modules.dep`, 16 * 1024 * 1024);
  if (files === undefined && host.text('/proc/modules') !== undefined)
    return missing(`there is no list of modules in ${folder}`);
  const rules = modprobeRules(host);
  return known(
    rareModules.map((name) => ({
      name,
      state: moduleState(name, { loaded, files: `${built}\n${files ?? ''}`, built, rules, folders: host }),
    })),
    `/proc/modules, ${folder}, /etc/modprobe.d`,
  );
}

interface ModuleFacts {
  readonly loaded: ReadonlySet<string | undefined>;
  readonly files: string;
  readonly built: string;
  readonly rules: string;
  readonly folders: HostReader;
}

function moduleState(name: string, { loaded, files, built, rules, folders }: ModuleFacts): KernelModule['state'] {
  const underscored = name.replaceAll('-', '_');
  const file = new RegExp(`(?:^|/)${name.replaceAll(/[-_]/g, '[-_]')}\\.ko`, 'm');
  if (loaded.has(underscored) || file.test(built) || folders.file(`/sys/module/${underscored}`) !== undefined)
    return 'loaded';
  if (!file.test(files)) return 'absent';
  return isBlocked(name, rules) ? 'blocked' : 'loadable';
}

/** modprobe.d(5): `blacklist` alone keeps aliases from loading it, not its own name. */
export function isBlocked(name: string, rules: string): boolean {
  const pattern = name.replaceAll(/[-_]/g, '[-_]');
  return new RegExp(`^[ \\t]*install[ \\t]+${pattern}[ \\t]+(?:/usr)?/bin/(?:false|true)\\b`, 'm').test(rules);
}

function modprobeRules(host: HostReader): string {
  const folders = ['/etc/modprobe.d', '/run/modprobe.d', '/usr/lib/modprobe.d', '/lib/modprobe.d'];
  const files = folders.flatMap((folder) =>
    (host.names(folder) ?? []).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`),
  );
  return files.map((path) => host.text(path) ?? '').join('\n');
}
