import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { cacheFolder } from '#base/index.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import packages from './packages.json' with { type: 'json' };

/**
 * Writes a small image that holds known vulnerable packages (`packages.json`): their names and versions, none of
 * their code, so nothing in it can be attacked. Answers the path of the archive.
 */
export function writeDemoImage(): string {
  const folder = join(cacheFolder(process.env, process.getuid?.() ?? -1), 'demo');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'storm-surge-demo.tar');
  writeFileSync(path, demoImage());
  return path;
}

/** The image as `docker save` writes it; the same bytes each time. */
function demoImage(): Uint8Array {
  const layers = [baseLayer(), nodeLayer(), javaLayer()].map(makeTar);
  return dockerArchive(layers, { names: ['storm-surge/demo:1.0'], steps: packages.steps }).bytes;
}

function baseLayer(): ReturnType<typeof file>[] {
  const stanzas = packages.deb.map(({ name, source, version }) =>
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Architecture: amd64',
      `Source: ${source}`,
      `Version: ${version}`,
      '',
    ].join('\n'),
  );
  return [
    file('etc/os-release', `${packages.osRelease.join('\n')}\n`),
    file('var/lib/dpkg/status', `${stanzas.join('\n')}\n`),
  ];
}

function nodeLayer(): ReturnType<typeof file>[] {
  return packages.npm.map(({ name, version }) =>
    file(`srv/portal/node_modules/${name}/package.json`, JSON.stringify({ name, version })),
  );
}

function javaLayer(): ReturnType<typeof file>[] {
  return packages.maven.map(({ group, artifact, version }) => {
    const properties = `groupId=${group}\nartifactId=${artifact}\nversion=${version}\n`;
    const entry = { [`META-INF/maven/${group}/${artifact}/pom.properties`]: new TextEncoder().encode(properties) };
    return file(`opt/surge/lib/${artifact}-${version}.jar`, zipSync(entry, { mtime: '2026-01-01T00:00:00Z' }));
  });
}
