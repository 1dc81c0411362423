import { type Field, known, missing } from '#base/index.ts';
import type { HostClock } from '../../../facts/host.ts';
import type { HostAccess } from './fields.ts';
import { attemptLater } from './fields.ts';
import type { HostProcess } from './processes.ts';

/** Programs that set the clock, by the names that the kernel knows. */
const services = ['chronyd', 'systemd-timesyn', 'ntpd', 'ntpsec', 'openntpd'] as const;

/** Whether something sets the clock, and says that it is right. */
export function collectClock(access: HostAccess, processes: readonly HostProcess[]): Promise<Field<HostClock>> {
  return attemptLater(async () => {
    const names = new Set(processes.filter(({ owner }) => owner === 'host').map(({ name }) => name));
    const service = services.find((name) => names.has(name));
    switch (service) {
      case undefined:
        return known({ state: 'not-synchronised' }, 'processes of the host');
      case 'chronyd':
        return await fromProgram(
          access,
          { service, program: 'chronyc', args: ['-c', 'tracking'] },
          isChronySynchronised,
        );
      case 'systemd-timesyn':
        // timesyncd makes the file when it has set the clock, and removes it at its start.
        return known(
          {
            service: 'systemd-timesyncd',
            state: access.host.file('/run/systemd/timesync/synchronized') ? 'synchronised' : 'not-synchronised',
          },
          '/run/systemd/timesync/synchronized',
        );
      case 'ntpd':
      case 'ntpsec':
        return await fromProgram(access, { service, program: 'ntpq', args: ['-c', 'rv 0 leap'] }, (text) =>
          /\bleap=(?!11\b)\d\d/.test(text),
        );
      case 'openntpd':
        return await fromProgram(access, { service, program: 'ntpctl', args: ['-s', 'status'] }, (text) =>
          /clock synced/.test(text),
        );
    }
  });
}

interface Asked {
  readonly service: string;
  readonly program: string;
  readonly args: readonly string[];
}

async function fromProgram(
  { run }: HostAccess,
  { service, program, args }: Asked,
  isSynchronised: (output: string) => boolean,
): Promise<Field<HostClock>> {
  const command = [program, ...args].join(' ');
  const result = await run(program, args);
  if (result.kind === 'absent') return missing(`${service} runs, but ${program} is not installed`);
  if (result.kind === 'failed') return missing(`${command} failed: ${result.why}`);
  return known({ service, state: isSynchronised(result.output) ? 'synchronised' : 'not-synchronised' }, command);
}

/** `chronyc -c tracking`: the last of its values is the leap status. */
export function isChronySynchronised(text: string): boolean {
  const values = text.trim().split(',');
  return values.length >= 14 && values.at(-1) !== 'Not synchronised';
}
