import { asFields, type Fields, textIn } from '../fields.ts';
import { manifestReader, type Requirements } from '../manifest.ts';
import { parseToml } from '../toml.ts';

/** What `Cargo.toml` asks for (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html). */
export const cargoManifest = manifestReader({
  id: 'cargo-manifest',
  summary: 'What Cargo.toml asks for, where no lock file tells the versions',
  file: /(?:^|\/)Cargo\.toml$/,
  except: /(?:^|\/)registry\/src\//,
  answeredBy: /(?:^|\/)Cargo\.lock$/,
  command: '`cargo generate-lockfile`',
  read,
});

function read(text: string): Requirements | string {
  const toml = parseToml(text);
  if (toml.kind !== 'read') return toml.why;
  const targets = Object.values(asFields(toml.value['target']) ?? {}).map(asFields);
  const names = [toml.value, ...targets].flatMap((each) => namesIn(asFields(each?.['dependencies']) ?? {}));
  const own = textIn(asFields(toml.value['package']), 'name');
  return { names, ...(own && { own }) };
}

/** Crates of folders and repositories are no crates of a registry. `package` is the name of a renamed one. */
function namesIn(dependencies: Fields): readonly string[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const one = asFields(value);
    if (one?.['path'] !== undefined || one?.['git'] !== undefined) return [];
    return [textIn(one, 'package') ?? name];
  });
}
