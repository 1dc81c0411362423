import type { HostFile } from '../../../facts/host-file.ts';
import type { HostReader } from './host-reader.ts';

/** Folders of systemd.unit(5), the first that has a file wins. */
const searchPath = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];

/** The unit file that systemd takes, then its drop-ins; none where there is none or it is masked. */
export function unitFiles(host: HostReader, unit: string): readonly HostFile[] {
  const place = searchPath.map((folder) => `${folder}/${unit}`).find((path) => host.resolve(path) !== undefined);
  const main = place === undefined ? undefined : host.file(place);
  return main?.kind === 'file' ? [main, ...dropIns(host, unit)] : [];
}

/** Of two drop-ins of one name, the one in the earlier folder counts. */
function dropIns(host: HostReader, unit: string): readonly HostFile[] {
  const found = new Map<string, HostFile>();
  const type = unit.slice(unit.lastIndexOf('.') + 1);
  for (const folder of searchPath.flatMap((each) => [`${each}/${unit}.d`, `${each}/${type}.d`]))
    for (const name of host.names(folder) ?? []) {
      const file = name.endsWith('.conf') && !found.has(name) ? host.file(`${folder}/${name}`) : undefined;
      if (file !== undefined) found.set(name, file);
    }
  return [...found.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
}
