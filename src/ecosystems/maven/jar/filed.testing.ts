import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian files the jars of its packages as Maven does, so that their coordinates are known. */
const repository = '/usr/share/maven-repo';

/** A jar of Debian, and under which coordinates it is filed. */
export interface FiledJar {
  readonly file: string;
  /** File name as Maven writes it, without version. */
  readonly artifact: string;
  readonly version: string;
  /** All `group:artifact`: Debian files some jars under old names too. */
  readonly names: ReadonlySet<string>;
  readonly versions: ReadonlySet<string>;
}

/** Every jar of the repository once, under its first name with a real version (`debian` and `2.x` stand for any). */
export function filedJars(): readonly FiledJar[] {
  if (!existsSync(repository)) return [];
  const filed = new Map<string, { artifact: string; version: string; names: Set<string>; versions: Set<string> }>();
  for (const path of readdirSync(repository, { recursive: true, encoding: 'utf8' }).sort()) {
    const parts = path.split('/');
    const [version = '', artifact = ''] = [parts.at(-2), parts.at(-3)];
    if (!path.endsWith(`/${artifact}-${version}.jar`) || !existsSync(join(repository, path))) continue;
    const file = realpathSync(join(repository, path));
    const known = filed.get(file) ?? { artifact, version: '', names: new Set(), versions: new Set() };
    filed.set(file, known);
    known.names.add(`${parts.slice(0, -3).join('.')}:${artifact}`);
    if (version === 'debian' || version.endsWith('x')) continue;
    known.versions.add(version);
    if (known.version === '') Object.assign(known, { artifact, version });
  }
  return [...filed].map(([file, one]) => ({ file, ...one }));
}

/** What is taken from a jar before it is identified. */
export const layouts = [
  'as Maven stores it',
  'no version in its name',
  'no META-INF/maven',
  'neither',
  'by Debian’s name',
  'by Debian’s name, no META-INF/maven',
] as const;
export type Layout = (typeof layouts)[number];

/** A jar in a layout: its path, and its bytes. */
export function laidOut({ file, artifact, version }: FiledJar, layout: Layout): { path: string; content: Buffer } {
  const content = readFileSync(file);
  const named =
    layout === 'no version in its name' || layout === 'neither' || version === '' ? artifact : `${artifact}-${version}`;
  const path = layout.startsWith('by Debian') ? file.slice(1) : `opt/app/lib/${named}.jar`;
  return { path, content: layout.includes('META-INF') || layout === 'neither' ? withoutPoms(content) : content };
}

/** The same archive, the folder of its poms under another name in the central directory (APPNOTE.TXT 4.3.12). */
function withoutPoms(content: Buffer): Buffer {
  const changed = Buffer.from(content);
  for (let at = changed.indexOf('META-INF/maven/'); at >= 0; at = changed.indexOf('META-INF/maven/', at + 1)) {
    if (at >= 46 && changed.readUInt32LE(at - 46) === 0x02014b50) changed.write('META-INF/-----/', at, 'latin1');
  }
  return changed;
}
