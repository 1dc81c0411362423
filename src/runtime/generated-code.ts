import { codeFolderOf } from './code-folder.ts';
import type { CodeSighting } from './event.ts';

/** Names of code that people write; a program that serves requests writes it only while it unpacks itself. */
const source = /\.(?:jspx?|jspf|php\d?|phtml|phar|py|pl|rb|sh|m?js|cjs|lua|groovy|asp|aspx|cgi)$/i;

/**
 * Folder of a code file that the program wrote itself before it runs it: pages compiled to classes. `undefined` for any
 * other: written by another program, of unknown origin, in a session, machine code (a server that is broken into writes
 * libraries too; those inside the image's archives are allowed by content), or source that came after the container had
 * started to serve (a page put there through the application itself is no product).
 */
export function generatedFolder(sighting: CodeSighting): string | undefined {
  const { file, writer, process, session, phase, origin, code } = sighting;
  if (writer !== process.path || session === 'exec' || code === 'library') return undefined;
  if (origin === 'memory' || origin === 'deleted') return undefined;
  if (phase === 'run' && isSource(file.path)) return undefined;
  return codeFolderOf(file.path);
}

/** A file without a suffix may be a script as well. */
function isSource(path: string): boolean {
  return source.test(path) || !/\.\w+$/.test(path);
}
