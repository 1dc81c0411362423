import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, cacheFolder, isAppError, type SubjectId } from '#base/index.ts';
import { analyzers, analyzeTarget } from '#catalog/index.ts';
import { listWantedScans } from '#catalog/contract.ts';
import { type CallOptions, call as callConsole } from '#http/index.ts';
import { openTarget, type OpenedTarget } from '#image/index.ts';
import { reportHost } from '#inventory/contract.ts';
import { HostScan } from '../../host-scan/host-scan.ts';
import { lookAtHost } from '../../host-scan/look.ts';
import type { Identified, ScanPorts, Target } from '../../host-scan/ports.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { publish } from '../scan/judge-there.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';

/** Pause between two looks at the host, in milliseconds. */
const pause = 3000;

/** `seawall scan-host`: runs until it is ended; a console that is away is waited for. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const baseUrl = text(call.options['console']) ?? call.env['SEAWALL_CONSOLE'];
  const token = call.env['SEAWALL_TOKEN'];
  if (baseUrl === undefined || token === undefined)
    throw new AppError('usage', 'scan-host needs --console and SEAWALL_TOKEN.');
  const scan = new HostScan(portsOf(call, { baseUrl, token }));
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ended.abort());
  const input = call.options['untilInputEnds'] === true ? process.stdin : undefined;
  input?.once('close', () => ended.abort()).resume();
  while (!ended.signal.aborted) {
    await scan.round().catch(waitForConsole);
    await wait(pause, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  input?.destroy();
  return 0;
}

/** A console that is away or busy is asked again; one that refuses this token ends the scanner, which says so. */
function waitForConsole(error: unknown): void {
  const passing = ['console-unreachable', 'too-many-requests', 'store-unavailable'];
  if (!isAppError(error) || !passing.includes(error.code)) throw error;
}

function portsOf(call: CommandCall, console: CallOptions): ScanPorts {
  const { options, env, terminal } = call;
  const dockerSocket = dockerSocketOf(env);
  const seen = { dockerSocket, also: texts(options['also']), local: options['localScan'] !== false };
  return {
    hostName: hostname(),
    look: () => lookAtHost(seen),
    identify: (target) => identify(target, call, console),
    async isWanted(subject) {
      const used = analyzers.map(({ id, version }) => ({ id, version }));
      const { wanted } = await callConsole(
        listWantedScans,
        { body: { subjects: [subject], analyzers: used } },
        console,
      );
      return wanted.includes(subject);
    },
    async report(report) {
      await callConsole(reportHost, { params: { name: report.name }, body: report as never }, console);
    },
    tell: (news) => terminal.out(`${JSON.stringify(news)}\n`),
  };
}

async function identify(target: Target, { options, env }: CommandCall, console: CallOptions): Promise<Identified> {
  const limits = limitsOf(options);
  const opened = await openTarget(target.reference, {
    platform: platformOf(options),
    limits,
    dockerSocket: dockerSocketOf(env),
  });
  return {
    subject: subjectOf(opened),
    async scanAndPublish() {
      const { subject, catalog } = await analyzeTarget(opened, {
        analyzers,
        limits,
        cacheFolder: cacheFolder(env, userId()),
      });
      const named =
        subject.kind === 'image' ? { ...subject, names: [...new Set([...target.names, ...subject.names])] } : subject;
      await publish({ scanned: { target: target.name, subject: named, catalog }, scannedAt: new Date() }, console);
      return { packages: catalog.packages.length, faults: catalog.faults.length };
    },
    close: () => opened.close(),
  };
}

function subjectOf(opened: OpenedTarget): SubjectId {
  return opened.kind === 'image' ? (opened.subject.digest as string as SubjectId) : opened.subject.id;
}
