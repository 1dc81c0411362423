import { statSync } from 'node:fs';
import type { Collecting } from '#inventory/agent/index.ts';
import type { AgentConfig } from './config.ts';
import type { HostPackages } from './host-packages.ts';
import type { ScanTarget } from './scan-target.ts';

/** Everything on this host that is to be scanned: images of the engine, the host itself, what the user named. */
export function targetsOf(config: AgentConfig, collecting: Collecting, packages: HostPackages): readonly ScanTarget[] {
  const also = config.also.map(namedTarget);
  if (!config.local) return also;
  const running = new Set(collecting.running().map(({ subject }) => subject));
  const images = collecting.images().map(({ id, subject, names }): ScanTarget => {
    const isRunning = subject !== undefined && running.has(subject);
    const name = names[0] ?? id.slice(0, 19);
    return {
      kind: 'image',
      key: id,
      reference: `docker:${id}`,
      name,
      ...(subject && { subject }),
      hasChanged: false,
      isRunning,
    };
  });
  const host: ScanTarget = {
    kind: 'host',
    key: packages.current(),
    reference: 'dir:/',
    name: 'file system of this host',
    subject: config.hostSubject,
    hasChanged: !packages.isScanned(),
    isRunning: false,
  };
  return [...images, ...(config.hidden === undefined ? [host] : []), ...also];
}

/** A file's key holds its size and time, so that a new build under the same name is scanned again. */
function namedTarget(reference: string): ScanTarget {
  const path = reference.replace(/^[a-z]+:/, '');
  const found = statSync(path, { throwIfNoEntry: false });
  const key = `${reference} ${found?.size ?? ''} ${found?.mtimeMs ?? ''}`;
  return { kind: 'named', key, reference, name: path, hasChanged: true, isRunning: false };
}
