import { type Module, replaced } from './modules.ts';

/**
 * Modules of a `vendor/modules.txt` (https://go.dev/ref/mod#go-mod-vendor) of which packages were copied: others are named
 * there only to compare them with `go.mod`.
 */
export function parseVendored(text: string): readonly Module[] {
  const found: Module[] = [];
  let waiting: Module | undefined;
  for (const line of text.split(/\r?\n/)) {
    const module = /^# (\S{1,512}) (v\S{1,256})(?: => (\S{1,512})(?: (v\S{1,256}))?)?$/.exec(line);
    if (module !== null) {
      const [, name = '', version = '', other, otherVersion = ''] = module;
      const own = { name, version };
      waiting = other === undefined ? own : replaced(own, { name: other, version: otherVersion });
    } else if (line !== '' && !line.startsWith('#') && waiting !== undefined) {
      found.push(waiting);
      waiting = undefined;
    }
  }
  return found;
}
