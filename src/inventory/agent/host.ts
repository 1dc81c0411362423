import { oneLine } from '#base/index.ts';
import { readFileSync } from 'node:fs';
import { availableParallelism, machine, release, totalmem, uptime } from 'node:os';
import type { Engine, HostFact, ScanProgress } from '../contract.ts';
import type { EnvironmentSettings } from './environment.ts';
import type { Reporter } from './reporter.ts';

/** What is told of the host itself. */
export interface HostReport {
  engine(engine: Engine): void;
  progress(progress: ScanProgress | undefined): void;
  /** Says it again, when what was said may be lost. */
  report(): void;
}

/** Tells nothing before the engine was looked for. `hidden`: why the files below `/` are not the host's. */
export function createHostReport(reporter: Reporter, settings: EnvironmentSettings, hidden?: string): HostReport {
  const machineFacts = hidden === undefined ? readMachine() : { ...readMachine(), os: 'unknown' };
  let engine: Engine | undefined;
  let progress: ScanProgress | undefined;
  const report = (): void => {
    if (engine === undefined) return;
    const fact: HostFact = {
      ...machineFacts,
      engine,
      ...(settings.environment !== undefined && { environment: settings.environment }),
      allowEnvironments: [...settings.allowEnvironments],
      ...(progress && { progress }),
    };
    reporter.state({ kind: 'host', id: '' }, fact);
  };
  return {
    engine(found) {
      engine = found.kind === 'none' ? { ...found, reason: oneLine(found.reason, 500) } : found;
      report();
    },
    progress(now) {
      progress = now && { ...now, ...(now.current !== undefined && { current: oneLine(now.current, 512) }) };
      report();
    },
    report,
  };
}

type Machine = Pick<HostFact, 'os' | 'kernel' | 'architecture' | 'cpus' | 'memory' | 'bootedAt'>;

function readMachine(): Machine {
  return {
    os: oneLine(osNameOf(readText('/etc/os-release') || readText('/usr/lib/os-release')), 256),
    kernel: oneLine(release(), 256),
    architecture: machine(),
    cpus: availableParallelism(),
    memory: totalmem(),
    bootedAt: bootTimeOf(readText('/proc/stat')).toISOString(),
  };
}

/** The name for people in os-release(5). */
export function osNameOf(text: string): string {
  const field = (name: string): string | undefined => {
    const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
    return value?.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["'$`\\])/g, '$1');
  };
  return field('PRETTY_NAME') || [field('NAME'), field('VERSION_ID')].filter(Boolean).join(' ') || 'Linux';
}

/** `btime` of proc_stat(5); it stays the same where a difference to now would not. */
function bootTimeOf(stat: string): Date {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return new Date(seconds === undefined ? Date.now() - uptime() * 1000 : Number(seconds) * 1000);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
