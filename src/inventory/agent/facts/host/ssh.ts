import { type Field, known, missing } from '#base/index.ts';
import type { SshSettings } from '../../../facts/host.ts';
import type { HostAccess } from './fields.ts';
import { attemptLater } from './fields.ts';
import { programOf } from './files.ts';

/** Settings that sshd would use, as it says itself. */
export function collectSsh({ host, run }: HostAccess): Promise<Field<SshSettings | null>> {
  return attemptLater(async () => {
    const program = programOf(host, 'sshd');
    if (program === undefined) return known(null, 'sshd');
    const result = await run(program.path, ['-T']);
    if (result.kind === 'done') return sshSettingsOf(result.output);
    return missing(`sshd -T failed${result.kind === 'failed' ? `: ${result.why}` : ''}`);
  });
}

/** Lines of `sshd -T`: a name in small letters, then its value. */
export function sshSettingsOf(text: string): Field<SshSettings> {
  const values = new Map(
    text.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
  const permitRootLogin = values.get('permitrootlogin');
  const passwordAuthentication = values.get('passwordauthentication');
  const ciphers = values.get('ciphers');
  if (permitRootLogin === undefined || passwordAuthentication === undefined || ciphers === undefined)
    return missing('sshd -T does not say how one may log in');
  const keyboardInteractive = values.get('kbdinteractiveauthentication') ?? 'no';
  return known(
    { permitRootLogin, passwordAuthentication, keyboardInteractive, ciphers: ciphers.split(',').filter(Boolean) },
    'sshd -T',
  );
}
