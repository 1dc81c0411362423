import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHere } from './find-runtimes.ts';
import { StateHolder } from './schema.ts';

/** A process as the command that started it. */
export interface AgentProcess {
  readonly pid: number;
  readonly words: readonly string[];
}

/** Whether systemd is at work here (sd_booted(3)). */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** The agent that holds this state folder; `undefined` when none does. */
export function agentProcess(stateFolder: string): AgentProcess | undefined {
  try {
    const holder = StateHolder.parse(JSON.parse(readFileSync(join(stateFolder, 'agent.lock'), 'utf8')));
    const stat = readFileSync(`/proc/${holder.pid}/stat`, 'utf8');
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] !== holder.start) return undefined;
    return { pid: holder.pid, words: readFileSync(`/proc/${holder.pid}/cmdline`, 'utf8').split('\0').slice(0, -1) };
  } catch {
    return undefined;
  }
}

/** Why this agent is no service of the host; `undefined` when it is one. The engine must not wait for its own container. */
export function notOfHost({ pid }: AgentProcess): string | undefined {
  if (!isHere(pid)) return 'it stands on other file systems than this command';
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  if (/(?:docker|containerd|libpod|kubepods|lxc)[-/:][^\n]*[0-9a-f]{64}|\/[0-9a-f]{64}\b/.test(groups))
    return 'it runs in a container';
  return existsSync(`/proc/${pid}/root/.dockerenv`) ? 'it runs in a container' : undefined;
}

/** Words that go on with the same agent; a join token is for the first start alone. */
export function wordsOfAgent({ words }: AgentProcess): readonly string[] {
  const start = words.indexOf('agent');
  const kept: string[] = [];
  for (let at = start + 1; at > 0 && at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--token' || word === '--token-file') at += 1;
    else if (!/^--token(?:-file)?=/.test(word) && word !== '--news' && word !== '--until-input-ends') kept.push(word);
  }
  return kept;
}

/** The unit of an agent that stands before the engine: the gate of the first container is ready. */
export function agentUnit(program: string, words: readonly string[]): string {
  return `[Unit]
Description=Seawall agent
Documentation=file:///usr/share/doc/seawall/how-to/install-the-gate.md
# What starts with the engine is judged from the first container on. Nothing here waits for the network or the console.
After=local-fs.target
Before=docker.service containerd.service

[Service]
ExecStart=${[program, 'agent', ...words].map(quoted).join(' ')}
Restart=always
RestartSec=1
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;
}

export interface AnsweringUnit {
  readonly program: string;
  /** Of the agent. */
  readonly socket: string;
  readonly instance: string;
  readonly ledger: string;
  /** The agent's unit. */
  readonly agent: string;
}

/** The unit of the program that answers the engine; its socket starts it, also when it died. */
export function answeringUnit({ program, socket, instance, ledger, agent }: AnsweringUnit): string {
  const words = [program, '--agent', socket, '--instance', instance, '--ledger', ledger, '--unit', agent];
  return `[Unit]
Description=Seawall's answers to the engine
Documentation=file:///usr/share/doc/seawall/how-to/docker-authorization.md
Requires=seawall-authorization.socket
After=seawall-authorization.socket local-fs.target
StartLimitIntervalSec=0

[Service]
ExecStart=${words.map(quoted).join(' ')}
Restart=always
RestartSec=100ms
OOMScoreAdjust=-900
LimitNOFILE=4096
MemoryMax=128M
NoNewPrivileges=yes
ProtectSystem=strict
PrivateNetwork=yes
`;
}

/** systemd.service(5), "Command lines": quotes, and its own signs doubled. */
function quoted(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, '\\$&')}"`;
}
