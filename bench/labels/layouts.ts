import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Heads of real files of public repositories, laid as they lie there; what does not name a package is left out. */
interface Layout {
  readonly origin: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Specifications that RubyGems wrote, of four kinds: built, before a release, of a platform, of JRuby. */
export const gemHome: Layout = {
  origin: 'specifications of nokogiri in public gem homes, their heads',
  files: Object.fromEntries(
    [
      ['nokogiri-1.6.7.2', 'nokogiri 1.6.7.2 ruby', 's.name = "nokogiri"\n  s.version = "1.6.7.2"'],
      [
        'nokogiri-1.11.0.rc1.20200331222433',
        'nokogiri 1.11.0.rc1.20200331222433 ruby',
        's.name = "nokogiri".freeze\n  s.version = "1.11.0.rc1.20200331222433"',
      ],
      [
        'nokogiri-1.16.7-x86_64-linux',
        'nokogiri 1.16.7 x86_64-linux',
        's.name = "nokogiri".freeze\n  s.version = "1.16.7".freeze\n  s.platform = "x86_64-linux".freeze',
      ],
      [
        'nokogiri-1.6.8.1-java',
        'nokogiri 1.6.8.1 java',
        's.name = "nokogiri"\n  s.version = "1.6.8.1"\n  s.platform = "java"',
      ],
    ].map(([file, stub, body]) => [
      `usr/local/bundle/specifications/${file}.gemspec`,
      `# -*- encoding: utf-8 -*-\n# stub: ${stub} lib\n\nGem::Specification.new do |s|\n  ${body}\n  s.summary = "Nokogiri"\nend\n`,
    ]),
  ),
};

/** A virtual environment for Windows, of which only the metadata was kept. */
export const wheel: Layout = {
  origin: 'olivierbenard/base-flask, venv/Lib/site-packages',
  files: {
    'app/venv/Lib/site-packages/Flask_SQLAlchemy-2.5.1.dist-info/METADATA':
      'Metadata-Version: 2.1\nName: Flask-SQLAlchemy\nVersion: 2.5.1\nLicense: BSD-3-Clause\nPlatform: UNKNOWN\n' +
      'Requires-Python: >= 2.7, != 3.0.*, != 3.1.*, != 3.2.*, != 3.3.*\nRequires-Dist: Flask (>=0.10)\n' +
      'Requires-Dist: SQLAlchemy (>=0.8.0)\n\nFlask-SQLAlchemy\n================\n',
  },
};

const gateway: readonly (readonly [key: string, type: string, assembly: string])[] = [
  ['GxMcp.Gateway/2.25.2', 'project', 'GxMcp.Gateway.dll'],
  ['Newtonsoft.Json/13.0.3', 'package', 'lib/net6.0/Newtonsoft.Json.dll'],
  ['System.CodeDom/10.0.5', 'package', 'lib/net8.0/System.CodeDom.dll'],
  ['System.Management/10.0.5', 'package', 'runtimes/win/lib/net8.0/System.Management.dll'],
  ['System.Security.Permissions/10.0.3', 'package', 'lib/net8.0/System.Security.Permissions.dll'],
  ['System.Windows.Extensions/10.0.3', 'package', 'runtimes/win/lib/net8.0/System.Windows.Extensions.dll'],
];
const target = '.NETCoreApp,Version=v8.0/win-x64';

/** What `dotnet publish` wrote; of the assemblies the names alone. */
export const publish: Layout = {
  origin: 'Edwinrpb111/genexus18-mcp-trial-version, publish',
  files: {
    'app/GxMcp.Gateway.deps.json': JSON.stringify({
      runtimeTarget: { name: target, signature: '' },
      targets: {
        '.NETCoreApp,Version=v8.0': {},
        [target]: Object.fromEntries(gateway.map(([key, , file]) => [key, { runtime: { [file]: {} } }])),
      },
      libraries: Object.fromEntries(gateway.map(([key, type]) => [key, { type, serviceable: type === 'package' }])),
    }),
    ...Object.fromEntries(gateway.map(([, , file]) => [`app/${file.slice(file.lastIndexOf('/') + 1)}`, ''])),
  },
};

export function layout({ origin, files }: Layout): (root: string) => string {
  return (root) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return origin;
  };
}
