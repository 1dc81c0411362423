const temporary = /^\/(?:tmp|var\/tmp|dev\/shm)\//;

/**
 * Folder of a code file as models name it. Below temporary folders, segments that programs make up are named by their
 * kind: `{uuid}`, `{hex}`, `{num}`. The sensor says the same: `native/sensor/code-folder.c`.
 */
export function codeFolderOf(path: string): string {
  const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  return temporary.test(path) ? folder.split('/').map(madeUp).join('/') : escaped(folder);
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
