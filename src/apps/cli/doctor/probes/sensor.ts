import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentProcess, hasSystemd } from '#gate/agent/index.ts';
import { checkoutFolder } from '../../checkout.ts';
import { type Answer, fine, probe, stops, unknown, weakens } from '../probe.ts';

interface SensorFact {
  readonly isRoot: boolean;
  readonly instance: string;
  readonly isInstalled: boolean;
  /** What systemd says of its unit; missing: no systemd is at work here. */
  readonly unit?: string;
  readonly listens: boolean;
  /** Connections that were taken: its agent's. */
  readonly isHeard: boolean;
  readonly agent: 'at-work' | 'away';
}

/** The sensor takes one agent at a time, so nobody connects to it here: the kernel's table of sockets tells as much. */
export const sensor = probe({
  id: 'sensor',
  title: 'Sensor',
  parts: ['agent'],
  look: ({ uid, instance, agentFolder }): SensorFact => {
    const unit = hasSystemd() ? unitState(`seawall-sensor@${instance}.service`) : undefined;
    return {
      isRoot: uid === 0,
      instance,
      isInstalled: [join(checkoutFolder(), 'native/build/seawall-sensor'), '/usr/lib/seawall/seawall-sensor'].some(
        (path) => existsSync(path),
      ),
      ...(unit !== undefined && { unit }),
      ...contactAt(join('/run/seawall', instance, 'sensor.sock')),
      agent: agentProcess(agentFolder) === undefined ? 'away' : 'at-work',
    };
  },
  judge: judgeSensor,
});

/** `active`, `inactive`, `failed`, `activating`. */
function unitState(name: string): string {
  return spawnSync('systemctl', ['is-active', name], { encoding: 'utf8', timeout: 5000 }).stdout.trim();
}

/** By /proc/net/unix: flag 10000 is a socket that listens, state 03 one that is connected. */
function contactAt(socket: string): Pick<SensorFact, 'listens' | 'isHeard'> {
  const lines = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[7] === socket);
  return {
    listens: lines.some(([, , , flags]) => flags === '00010000'),
    isHeard: lines.some(([, , , flags, , state]) => flags !== '00010000' && state === '03'),
  };
}

export function judgeSensor(fact: SensorFact): Answer {
  const { isRoot, instance, isInstalled, unit, listens, isHeard, agent } = fact;
  if (!isRoot) return unknown('Only root sees whether the sensor works.', 'Run `seawall doctor` as root.');
  const log = 'sensor.log in the agent’s state folder says why';
  if (!listens && !isInstalled)
    return stops(
      'No sensor is installed: nothing is seen of what containers do, and nothing is prevented.',
      'Install the package, or build it: docs/how-to/install-sensor.md.',
    );
  if (!listens && unit === 'failed')
    return stops(
      'The sensor’s unit failed.',
      `See \`journalctl -u seawall-sensor@${instance}\`, then run \`systemctl restart seawall-sensor@${instance}\`.`,
    );
  if (!listens && agent === 'away') return weakens('No sensor is at work; an agent starts it.', 'Start the agent.');
  if (!listens)
    return stops(`The agent is at work and its sensor is not: ${log}.`, 'Restart the agent; it starts the sensor.');
  if (agent === 'at-work' && !isHeard)
    return stops(
      'The sensor listens and its agent is not connected: what it sees is kept in the kernel, within bounds.',
      'See agent.log in the agent’s state folder, then restart the agent.',
    );
  if (agent === 'away')
    return weakens(
      'The sensor goes on without its agent: rules hold, and nobody reports what it sees.',
      'Start the agent.',
    );
  return fine('works, and its agent hears it');
}
