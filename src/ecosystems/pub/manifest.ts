import { asFields, textIn } from '../fields.ts';
import { manifestReader } from '../manifest.ts';
import { readYaml } from './reader.ts';

/** What `pubspec.yaml` asks for to run (https://dart.dev/tools/pub/pubspec). Parts of an SDK have no version of their own. */
export const pubManifest = manifestReader({
  id: 'pub-manifest',
  summary: 'What pubspec.yaml asks for, where no lock file tells the versions',
  file: /(?:^|\/)pubspec\.yaml$/,
  answeredBy: /(?:^|\/)pubspec\.lock$/,
  command: '`dart pub get`',
  read(text) {
    const manifest = readYaml(text);
    if (typeof manifest === 'string') return manifest;
    const names = Object.entries(asFields(manifest['dependencies']) ?? {}).flatMap(([name, value]) => {
      const one = asFields(value);
      return one !== undefined && ['sdk', 'path', 'git'].some((other) => other in one) ? [] : [name];
    });
    const own = textIn(manifest, 'name');
    return { names, ...(own && { own }) };
  },
});
