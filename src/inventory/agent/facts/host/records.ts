import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostLogs, HostShape, IntegrityWatch, MountPoint } from '../../../facts/host.ts';
import { attempt, type HostAccess, whenKnown } from './fields.ts';
import type { HostReader } from './host-reader.ts';
import type { HostProcess } from './processes.ts';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const daemons = ['rsyslogd', 'syslog-ng', 'syslogd', 'systemd-journal'];
const inMemory = ['tmpfs', 'ramfs'];

export interface RecordInputs {
  readonly processes: readonly HostProcess[];
  readonly mounts: Field<readonly MountPoint[]>;
}

/** What keeps logs, installs updates and watches files. */
export function collectRecords(
  { host }: HostAccess,
  { processes, mounts }: RecordInputs,
): FieldsOf<Pick<HostShape, 'logs' | 'updaters' | 'integrityWatch'>> {
  const running = processes.filter(({ owner }) => owner === 'host');
  const names = new Set(running.map(({ name }) => name));
  const daemon = daemons.find((name) => names.has(name));
  return {
    logs: whenKnown(mounts, (found) => known(logsOf(host, daemon, found), '/etc/systemd/journald.conf, /var/log')),
    updaters: attempt(() => known(updatersOf(host), 'settings of apt and dnf')),
    integrityWatch: attempt(() => integrityWatch(host)),
  };
}

function logsOf(host: HostReader, daemon: string | undefined, mounts: readonly MountPoint[]): HostLogs {
  const isJournal = daemon === 'systemd-journal';
  const place = isJournal ? journalPlace(host) : '/var/log';
  const type = mountOf(host.resolve(place) ?? place, mounts)?.type ?? '';
  return {
    ...(daemon !== undefined && { daemon: isJournal ? 'systemd-journald' : daemon }),
    place,
    kept: inMemory.includes(type) ? 'in-memory' : 'on-disk',
  };
}

/** journald.conf(5): `auto` keeps logs on disk where /var/log/journal exists. */
function journalPlace(host: HostReader): string {
  const folders = ['/usr/lib/systemd/journald.conf.d', '/run/systemd/journald.conf.d', '/etc/systemd/journald.conf.d'];
  const dropIns = folders.flatMap((folder) =>
    (host.names(folder) ?? []).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`),
  );
  const main = ['/etc/systemd/journald.conf', '/usr/lib/systemd/journald.conf'].find((path) => host.file(path));
  const texts = [...(main === undefined ? [] : [main]), ...dropIns].map((path) => host.text(path) ?? '');
  const storage = storageOf(texts.join('\n'));
  const onDisk = storage === 'persistent' || (storage === 'auto' && host.file('/var/log/journal') !== undefined);
  return onDisk ? '/var/log/journal' : '/run/log/journal';
}

/** The last `Storage=`; without one it is `auto`. */
export function storageOf(text: string): string {
  return [...text.matchAll(/^[ \t]*Storage[ \t]*=[ \t]*(\w*)/gm)].at(-1)?.[1] || 'auto';
}

/** The mount that a path lies on: the longest, and of two at one place the later. */
export function mountOf(path: string, mounts: readonly MountPoint[]): MountPoint | undefined {
  const above = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  return above.reduce<MountPoint | undefined>(
    (best, each) => (best === undefined || each.point.length >= best.point.length ? each : best),
    undefined,
  );
}

function updatersOf(host: HostReader): readonly string[] {
  const apt = (host.names('/etc/apt/apt.conf.d') ?? []).map((name) => host.text(`/etc/apt/apt.conf.d/${name}`) ?? '');
  const timers = host.names('/etc/systemd/system/timers.target.wants') ?? [];
  const installed = host.file('/usr/bin/unattended-upgrade') !== undefined;
  const dnf = host.text('/etc/dnf/automatic.conf') ?? '';
  const installs = timers.some((name) => name === 'dnf-automatic-install.timer' || name === 'dnf5-automatic.timer');
  return [
    ...(installed && isUnattended(apt.join('\n')) ? ['unattended-upgrades'] : []),
    ...(installs || (timers.includes('dnf-automatic.timer') && appliesUpdates(dnf)) ? ['dnf-automatic'] : []),
    ...(timers.includes('transactional-update.timer') ? ['transactional-update'] : []),
  ];
}

/** apt.conf(5): the last line that names the setting counts; `0` turns it off. */
export function isUnattended(text: string): boolean {
  const lines = text.replace(/^\s*(?:\/\/|#).*$/gm, '');
  const values = [...lines.matchAll(/APT::Periodic::Unattended-Upgrade\s+"?([^";\s]*)/g)];
  return !['', '0', 'false', 'no'].includes(values.at(-1)?.[1] ?? '');
}

/** dnf-automatic's `apply_updates`. */
export function appliesUpdates(text: string): boolean {
  return /^[ \t]*apply_updates[ \t]*=[ \t]*(?:yes|true|1)\b/im.test(text);
}

const databases = [
  {
    tool: 'aide',
    paths: ['/var/lib/aide/aide.db', '/var/lib/aide/aide.db.gz'],
    runs: ['dailyaidecheck', 'aidecheck', 'aide'],
  },
  { tool: 'tripwire', paths: ['/var/lib/tripwire'], runs: ['tripwire'] },
];

/** A tool with a baseline that something runs by the clock. */
function integrityWatch(host: HostReader): Field<IntegrityWatch | null> {
  const scheduled = new Set(
    ['/etc/cron.daily', '/etc/cron.weekly', '/etc/cron.d', '/etc/systemd/system/timers.target.wants']
      .flatMap((folder) => host.names(folder) ?? [])
      .map((name) => name.replace(/\.timer$|-check\.timer$/, '')),
  );
  for (const { tool, paths, runs } of databases) {
    const path = paths.find((each) => host.file(each) !== undefined);
    const real = path === undefined ? undefined : host.resolve(path);
    if (real !== undefined && runs.some((name) => scheduled.has(name)))
      return known({ tool, baseline: statSync(join(host.root, real)).mtime.toISOString() }, real);
  }
  return host.file('/etc') === undefined ? missing('there is no /etc') : known(null, 'aide, tripwire');
}
