import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostShape, KernelIntegrity } from '../../../facts/host.ts';
import { attempt, type HostAccess } from './fields.ts';
import type { HostReader } from './host-reader.ts';

const security = '/sys/kernel/security';
const secureBootVariable = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

type Names = 'secureBoot' | 'rootOfTrust' | 'kernelIntegrity' | 'selinux';

/** How the host started, and what confines root. */
export function collectBoot({ host }: HostAccess): FieldsOf<Pick<HostShape, Names>> {
  return {
    secureBoot: attempt(() => secureBoot(host)),
    rootOfTrust: attempt(() => rootOfTrust(host)),
    kernelIntegrity: attempt(() => kernelIntegrity(host)),
    selinux: attempt(() => selinux(host)),
  };
}

function secureBoot(host: HostReader): Field<HostShape['secureBoot']> {
  if (host.file('/sys') === undefined) return missing('/sys is not mounted');
  if (host.file('/sys/firmware/efi') === undefined) return known('no-uefi', '/sys/firmware/efi');
  const bytes = host.bytes(secureBootVariable, 64);
  if (bytes === undefined) return missing('the firmware’s variable SecureBoot cannot be read; mount efivarfs');
  // Four bytes of attributes, then the value.
  return known(bytes.length === 5 && bytes[4] === 1 ? 'on' : 'off', secureBootVariable);
}

function rootOfTrust(host: HostReader): Field<HostShape['rootOfTrust']> {
  const place = '/sys/class/tpm/tpm0';
  if (host.file('/sys/class') === undefined) return missing('/sys is not mounted');
  return host.file(place) === undefined
    ? known('absent', place)
    : missing('nobody has compared a quote of the TPM with its expected measurements');
}

function kernelIntegrity(host: HostReader): Field<KernelIntegrity> {
  const lockdown = lockdownOf(host);
  if (lockdown === undefined) return missing('securityfs is not mounted; mount it at /sys/kernel/security');
  const policy = attempt(() => known(host.text(`${security}/ima/policy`), 'ima/policy'));
  const line = host.text('/proc/cmdline') ?? '';
  const readable = policy.kind === 'known' && policy.value !== undefined;
  const appraises = readable ? /^appraise\b/m.test(policy.value) : appraisalOf(line);
  return known({ lockdown, appraisal: appraises ? 'on' : 'off' }, `${security}/lockdown, ${security}/ima/policy`);
}

/** What the kernel's command line asks of IMA, where its policy cannot be read. */
export function appraisalOf(commandLine: string): boolean {
  const words = commandLine.trim().split(/\s+/);
  const policies = words.flatMap((word) => /^ima_policy=(.*)$/.exec(word)?.[1]?.replaceAll('"', '').split('|') ?? []);
  const modes = words.filter((word) => word.startsWith('ima_appraise='));
  return policies.includes('appraise_tcb') && modes.every((mode) => mode === 'ima_appraise=enforce');
}

/** `undefined`: securityfs is not mounted, so nobody can say. */
export function lockdownOf(host: HostReader): KernelIntegrity['lockdown'] | undefined {
  const text = host.text(`${security}/lockdown`);
  if (text !== undefined) return lockdownIn(text);
  return host.file(`${security}/lsm`) === undefined ? undefined : 'absent';
}

/** The word in brackets: `none [integrity] confidentiality`. */
export function lockdownIn(text: string): KernelIntegrity['lockdown'] {
  const chosen = /\[(\w+)\]/.exec(text)?.[1];
  return chosen === 'integrity' || chosen === 'confidentiality' ? chosen : 'none';
}

function selinux(host: HostReader): Field<HostShape['selinux']> {
  const place = '/sys/fs/selinux/enforce';
  const text = host.text(place)?.trim();
  if (text !== undefined) return known(text === '1' ? 'enforcing' : 'permissive', place);
  return host.file('/sys/fs') === undefined ? missing('/sys is not mounted') : known('off', place);
}
