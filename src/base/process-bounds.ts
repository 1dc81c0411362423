import type { Environment } from './environment.ts';

/** Tells a process that the kernel ends it with its parent. */
export const endedByKernel = 'SEAWALL_ENDED_BY_KERNEL';

/** `setpriv` of util-linux has the kernel end the process with its parent (prctl(2)); BusyBox's cannot. */
const withParent = 'setpriv --pdeathsig KILL';
const script = `ulimit -c 0; ulimit -t "$0"
${withParent} true 2>/dev/null && ${endedByKernel}=1 exec ${withParent} "$@"
exec "$@"`;

/**
 * Words before a command: it leaves no core file, and the kernel ends it after so many seconds of processor time, even when
 * its parent is gone (setrlimit(2)). None in the console's image: there all ends with the first process, `bin/seawall` has
 * said that there are no core files, and a shell that a server starts is an incident.
 */
export function processorBounds(seconds: number, env: Environment = process.env): readonly string[] {
  return env['SEAWALL_IN_CONTAINER'] === '1' ? [] : ['/bin/sh', '-c', script, String(seconds)];
}
