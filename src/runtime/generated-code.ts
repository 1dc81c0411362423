import type { CodeSighting } from './event.ts';

/** Names of code that people write; a program that serves requests writes it only while it unpacks itself. */
const source = /\.(?:jspx?|jspf|php\d?|phtml|phar|py|pl|rb|sh|m?js|cjs|lua|groovy|asp|aspx|cgi)$/i;
const temporary = /^\/(?:tmp|var\/tmp|dev\/shm)\//;

/**
 * Folder of a code file that the program wrote itself before it loads it: pages compiled to classes, libraries unpacked
 * from an archive. `undefined` for any other: written by another program, of unknown origin, in a session, or source
 * that came after the container had started to serve (a page put there through the application itself is no product).
 */
export function generatedFolder({ file, writer, process, session, phase, origin }: CodeSighting): string | undefined {
  if (writer !== process.path || session === 'exec') return undefined;
  if (origin === 'memory' || origin === 'deleted') return undefined;
  if (phase === 'run' && isSource(file.path)) return undefined;
  return folderOf(file.path);
}

/** A file without a suffix may be a script as well. */
function isSource(path: string): boolean {
  return source.test(path) || !/\.\w+$/.test(path);
}

/** Below temporary folders, segments that programs make up are named by their kind. */
function folderOf(path: string): string {
  const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  if (!temporary.test(path)) return escaped(folder);
  return folder
    .split('/')
    .map((segment) => (/\d{4,}|[0-9a-f]{8,}/.test(segment) ? madeUp(segment) : escaped(segment)))
    .join('/');
}

function madeUp(segment: string): string {
  return escaped(segment).replace(
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8,}|\d{4,}/g,
    (part) => {
      if (part.includes('-')) return '{uuid}';
      return /^\d+$/.test(part) ? '{num}' : '{hex}';
    },
  );
}

/** No name can spell a kind. */
function escaped(text: string): string {
  return text.replace(/[{\\]/g, String.raw`\$&`);
}
