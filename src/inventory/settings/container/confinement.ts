import { createHash } from 'node:crypto';
import { byDefault, type Field, known } from '#base/index.ts';
import { capabilityName, grantedByWords } from '../capabilities.ts';
import type { EngineContext, EngineDocument } from './engine-document.ts';
import { both, mapped, flatMapped, valueOf } from './member.ts';

/** What keeps a container's processes in their bounds. */
export function confinementFields({ document, around }: EngineContext) {
  const { host } = document;
  const privileged = valueOf(host.Privileged, (value) => value, false);
  const words = both(host.CapAdd, host.CapDrop, (add, drop) => ({ add: add ?? [], drop: drop ?? [] }));
  const granted = both(words, privileged, ({ add, drop }, all) =>
    grantedByWords({ add, drop, privileged: all ? 'yes' : 'no' }).map(capabilityName),
  );
  return {
    privileged,
    capabilities: granted,
    declaredCapabilities: granted,
    seccompProfile: both(host.SecurityOpt, privileged, (options, all) =>
      all ? 'unconfined' : profileOf(optionOf(options ?? [], 'seccomp')),
    ),
    noNewPrivileges: flatMapped(valueOf(host.SecurityOpt, noNewPrivileges, 'unset'), (asked) =>
      asked === 'unset'
        ? mapped(around.facts.noNewPrivileges, (value) => value)
        : known(asked === 'on', 'HostConfig.SecurityOpt'),
    ),
    hostConfinement: around.facts.confinement,
    apparmorProfile: apparmorOf(document, privileged),
    selinux: selinuxOf(document, privileged),
    writableCgroups: both(host.SecurityOpt, privileged, (options, all) => all || opensCgroups(options ?? [])),
    cgroupParent: valueOf(host.CgroupParent, (path) => path, ''),
    sysctls: valueOf(host.Sysctls, (all) => Object.keys(all).toSorted(), []),
  };
}

/** Value of the last option of a name: `seccomp=unconfined`, older ones with a colon. */
function optionOf(options: readonly string[], name: string): string | undefined {
  return options
    .filter((option) => option.startsWith(`${name}=`) || option.startsWith(`${name}:`))
    .at(-1)
    ?.slice(name.length + 1);
}

/** `no-new-privileges`, `no-new-privileges:true`, `no-new-privileges=false`; what is none of Go’s words for true is not on. */
function noNewPrivileges(options: readonly string[]): 'on' | 'off' | 'unset' {
  const last = options.filter((option) => /^no-new-privileges(?:[=:]|$)/.test(option)).at(-1);
  if (last === undefined) return 'unset';
  return /^no-new-privileges(?:[=:](?:1|t|T|TRUE|true|True))?$/.test(last) ? 'on' : 'off';
}

function opensCgroups(options: readonly string[]): boolean {
  const last = options.filter((option) => /^writable-cgroups(?:[=:]|$)/.test(option)).at(-1);
  return last !== undefined && !/[=:](?:0|f|F|FALSE|false|False)$/.test(last);
}

/** A profile travels as its text. */
function profileOf(words: string | undefined): string {
  if (words === undefined || words === '' || words === 'builtin') return 'default';
  if (words === 'unconfined') return words;
  return createHash('sha256').update(canonical(words)).digest('hex');
}

function canonical(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => [name, sorted(member)]);
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** An inspected container names the profile that the engine took. */
function apparmorOf({ host, origin }: EngineDocument, privileged: Field<boolean>): Field<string> {
  if (origin.kind === 'inspect') return valueOf(origin.state.AppArmorProfile, (name) => name, '');
  return flatMapped(privileged, (all) =>
    flatMapped(
      valueOf(host.SecurityOpt, (options) => optionOf(options, 'apparmor') ?? '', ''),
      (name) =>
        name === ''
          ? byDefault(all ? 'unconfined' : 'docker-default', 'HostConfig.SecurityOpt', 'engine')
          : known(name, 'HostConfig.SecurityOpt'),
    ),
  );
}

/** The engine switches labels off for containers that are privileged or share the host's processes or IPC. */
function selinuxOf({ host, origin }: EngineDocument, privileged: Field<boolean>): Field<'on' | 'off'> {
  const isOpen = both(host.PidMode, host.IpcMode, (pid, ipc) => pid === 'host' || ipc === 'host');
  const asked = both(
    both(isOpen, privileged, (open, all) => open || all),
    host.SecurityOpt,
    (open, options) => (open || isLabelOff(options ?? []) ? ('off' as const) : ('on' as const)),
  );
  if (origin.kind === 'create') return asked;
  return both(asked, origin.state.ProcessLabel, (word, label) => (label === '' ? 'off' : word));
}

function isLabelOff(options: readonly string[]): boolean {
  return options.some((option) => /^label[=:]disable$/.test(option));
}
