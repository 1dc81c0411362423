import { linesOf, manifestReader } from '../manifest.ts';
import { nameOf } from './reader.ts';

/** What `Package.swift` asks for, a program of Swift (https://docs.swift.org/package-manager/PackageDescription). */
export const swiftManifest = manifestReader({
  id: 'swift-manifest',
  summary: 'What Package.swift asks for, where no lock file tells the versions',
  file: /(?:^|\/)Package\.swift$/,
  answeredBy: /(?:^|\/)Package\.resolved$/,
  command: '`swift package resolve`',
  read(text) {
    const program = linesOf(text, /(?:^|\s)\/\/.*$/).join('\n');
    const form =
      /\.[pP]ackage\(\s{0,100}(?:name:\s{0,20}"[^"\n]{0,256}"\s{0,20},\s{0,100})?(?:url|id):\s{0,20}"([^"\n]{1,512})"/g;
    return { names: [...program.matchAll(form)].map(([, place = '']) => nameOf(place) ?? place) };
  },
});
