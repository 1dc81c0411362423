import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { agentProcess, hasSystemd } from '#gate/agent/index.ts';
import { type Answer, fine, probe, stops, weakens } from '../probe.ts';

interface AgentFact {
  /** Process of the agent that holds the folder. */
  readonly pid?: number;
  /** It left a lock behind, as one does that was killed. */
  readonly leftLock: boolean;
  /** What systemd says; missing: no systemd is at work here. */
  readonly unit?: { readonly isEnabled: boolean; readonly isBeforeEngine: boolean };
}

export const agent = probe({
  id: 'agent',
  title: 'Agent',
  parts: ['agent'],
  look: ({ agentFolder }): AgentFact => {
    const pid = agentProcess(agentFolder)?.pid;
    return {
      ...(pid !== undefined && { pid }),
      leftLock: pid === undefined && existsSync(join(agentFolder, 'agent.lock')),
      ...(hasSystemd() && { unit: readUnit() }),
    };
  },
  judge: judgeAgent,
});

function readUnit(): NonNullable<AgentFact['unit']> {
  const words = ['show', 'seawall-agent.service', '--property=UnitFileState,Before'];
  const { stdout } = spawnSync('systemctl', words, { encoding: 'utf8', timeout: 5000 });
  return {
    isEnabled: /^UnitFileState=enabled$/m.test(stdout),
    isBeforeEngine: /^Before=.*\bdocker\.service\b/m.test(stdout),
  };
}

export function judgeAgent({ pid, leftLock, unit }: AgentFact): Answer {
  const start = unit?.isEnabled === true ? 'Run `systemctl start seawall-agent`.' : 'Start it with `seawall agent`.';
  if (pid === undefined)
    return stops(
      leftLock
        ? 'The agent was killed. The lock that it left is in nobody’s way.'
        : 'No agent is at work: this host reports nothing, and is shown as silent.',
      start,
    );
  if (unit === undefined) return fine(`process ${pid}`);
  if (!unit.isEnabled)
    return weakens(
      `The agent (process ${pid}) does not start with the machine.`,
      'Run `systemctl enable seawall-agent`; the package brings this unit, and `seawall gate install` writes it.',
    );
  if (!unit.isBeforeEngine)
    return weakens(
      'The agent’s unit does not start before the engine: the first containers of a boot wait for it.',
      'Add Before=docker.service containerd.service to it, or let `seawall gate install` write it.',
    );
  return fine(`process ${pid}, starts before the engine`);
}
