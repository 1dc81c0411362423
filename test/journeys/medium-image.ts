import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, osRelease } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';

/** Archives of an image with one Medium finding, CVE-2020-8927 in brotli, and of the one that was rebuilt without it. */
export function makeMediumImages(folder: string): { readonly vulnerable: string; readonly rebuilt: string } {
  const make = (name: string, version: string): string => {
    const installed = apkInstalled([{ name: 'libbrotlicommon', version, origin: 'brotli' }]);
    const path = join(folder, name);
    writeFileSync(
      path,
      dockerArchive([makeTar([osRelease('alpine', '3.20.3'), installed])], { names: ['shop/app:1'] }).bytes,
    );
    return path;
  };
  return { vulnerable: make('vulnerable.tar', '1.0.8-r0'), rebuilt: make('rebuilt.tar', '1.0.9-r0') };
}
