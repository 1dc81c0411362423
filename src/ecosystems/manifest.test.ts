import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../test/damage.ts';
import type { Analyzer, Asked } from './analyzer.ts';
import { ecosystems } from './index.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };
const readers: readonly Analyzer[] = ecosystems.flatMap((one) => one.readers);

async function asks(path: string, text: string): Promise<Asked | undefined> {
  for (const reader of readers) {
    if (!reader.wants(path, text.length, 0o644)) continue;
    const { asks } = await reader.analyze({ path, content: Buffer.from(text), limits });
    if (asks !== undefined) return asks;
  }
  return undefined;
}

/** Of expressjs/express, shortened, with every kind of source. */
const packageJson = JSON.stringify({
  name: 'express',
  packageManager: 'pnpm@9.1.0',
  dependencies: {
    accepts: '~1.3.4',
    '@scope/one': '^1',
    short: 'npm:@real/name@^4',
    own: 'workspace:*',
    near: 'file:../near',
    git: 'git+https://example.org/git.git',
    github: 'user/repository',
    shared: 'catalog:',
    '': '1',
  },
  devDependencies: { mocha: '3.5.3' },
});

/** Of laravel/laravel. */
const composerJson = JSON.stringify({
  name: 'laravel/laravel',
  require: { php: '^7.2', 'ext-mbstring': '*', 'fideloper/proxy': '^4.0', 'laravel/framework': '^6.0' },
  'require-dev': { 'phpunit/phpunit': '^8.0' },
});

/** Of BurntSushi/ripgrep. */
const cargoToml = `[package]
name = "ripgrep"
version = "14.1.0"  #:version

[dependencies]
anyhow = "1.0.75"
grep = { version = "0.3.1", path = "crates/grep" }
textwrap = { version = "0.16.0", default-features = false }
old = { package = "renamed", version = "1" }
forked = { git = "https://example.org/forked" }

[target.'cfg(not(target_os = "windows"))'.dependencies]
libc = "0.2.151"

[target.'cfg(all(target_env = "musl", target_pointer_width = "64"))'.dependencies.jemallocator]
version = "0.5.0"

[dev-dependencies]
serde = "1.0.77"
`;

/** Of mastodon/mastodon. */
const gemfile = `# frozen_string_literal: true

source 'https://rubygems.org'
gem 'puma', '~> 6.3'
gem "browser", '< 6' # https://github.com/fnando/browser/issues/543
gem 'webpush', github: 'ClearlyClaire/webpush', ref: 'f14a4d52e201128b1b00245d11b6de80d6cfdcd9'
gem 'own', path: '../own'
# gem 'gone'
gem 'pry', groups: [:development, :test]

group :test do
  gem 'rspec-github', '~> 2.4', require: false
end

group :development, :test do
  gem 'debug', '~> 1.8'
end

group :production do
  gem 'lograge', '~> 0.12'
end
`;

/** \`activesupport.gemspec\` of rails/rails. */
const gemspec = `Gem::Specification.new do |s|
  s.name        = 'activesupport'
  s.add_dependency('i18n',            '~> 0.3.6')
  s.add_runtime_dependency "tzinfo", '~> 0.3.16'
  s.add_development_dependency 'rake'
end
`;

/** Of spring-projects/spring-petclinic, with the notations of docs.gradle.org. */
const gradle = `buildscript { dependencies { classpath 'a:plugin:1' } }
dependencies {
  implementation 'org.springframework.boot:spring-boot-starter-web'
  runtimeOnly "org.webjars.npm:bootstrap:\${webjarsBootstrapVersion}"
  api(group: 'commons-io', name: 'commons-io', version: '2.6')
  implementation(libs.guava)
  implementation libs.bundles.groovy
  implementation(kotlin("stdlib"))
  implementation project(':shared')
  implementation files('libs/a.jar')
  developmentOnly 'org.springframework.boot:spring-boot-devtools'
  testImplementation 'org.springframework.boot:spring-boot-starter-test'
  // implementation 'a:gone:1'
}
`;

const pom = `<project><parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>7</version></parent>
  <artifactId>app</artifactId><dependencies>
  <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
  <dependency><groupId>org.yaml</groupId><artifactId>snakeyaml</artifactId><version>1.26</version></dependency>
  <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>
</dependencies></project>`;

const project = `<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
  <PackageReference Include="Newtonsoft.Json" Version="13.0.1" />
  <PackageReference Include="Serilog" />
  <PackageReference Include="Analyzers" Version="1.0.0" PrivateAssets="all" />
  <PackageReference Update="Serilog" Version="2.*" />
  <ProjectReference Include="../shared/shared.csproj" />
</ItemGroup></Project>`;
const central = '<Project><ItemGroup><PackageVersion Include="Serilog" Version="2.10.0" /></ItemGroup></Project>';

/** Of pallets/flask. */
const pyproject = `[project]
name = "Flask"
dependencies = [
    "blinker>=1.9.0",
    "importlib-metadata>=3.6.0; python_version < '3.10'",
    "requests[socks]",
    "own @ git+https://example.org/own",
    "click (>=8)",
]
[dependency-groups]
dev = ["ruff"]
[build-system]
requires = ["flit_core<4"]
`;

const poetry = `[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.11"
django = "^4.2"
own = { path = "../own" }
[tool.poetry.group.dev.dependencies]
pytest = "^7"
`;

/** Of psf/requests, shortened. */
const setupProgram = `requires = [
    'chardet>=3.0.2,<3.1.0',
    "idna>=2.5,<2.7",  # of IDNA 2008

]
test_requirements = ['pytest-httpbin==0.0.7']
setup(
    name=about['__title__'],
    install_requires=requires,
)
`;

const setupFile = `[metadata]
name = app

[options]
install_requires =
    requests>=2
    typing-extensions; python_version < "3.8"
python_requires = >=3.6

[options.extras_require]
socks = pysocks
`;

/** Of phoenixframework/phoenix, shortened. */
const mix = `  def project do
    [app: :phoenix, version: @version, deps: deps()]
  end
  defp deps do
    [
      {:plug, "~> 1.10"},
      {:jason, "~> 1.0", optional: true},
      {:other, ">= 0.0.0", hex: :real},
      {:ex_doc, "~> 0.22", only: :docs},
      {:gettext, "~> 0.15.0", only: [:docs, :test]},
      {:core, in_umbrella: true},
      # {:gone, "~> 1.0"},
      {:websocket_client, git: "https://github.com/jeremyong/websocket_client.git", only: :test}
    ]
`;

/** Of felangel/bloc. */
const pubspec = `name: flutter_bloc
environment:
  sdk: ">=2.0.0 <3.0.0"
dependencies:
  flutter:
    sdk: flutter
  bloc: ^0.14.0
  other:
    hosted: https://example.org
    version: ^1.0.0
  own:
    path: ../own
dev_dependencies:
  test: ^1.0.0
`;

/** Of vapor/vapor, in the notations of several versions. */
const swift = `let package = Package(name: "Vapor", dependencies: [
  // .package(url: "https://github.com/vapor/gone.git", from: "1.0.0"),
  .package(url: "https://github.com/apple/swift-nio.git", from: "2.62.0"),
  .Package(url: "https://github.com/vapor/crypto.git", majorVersion: 1),
  .package(
    name: "leaf",
    url: "git@github.com:vapor/leaf", .branch("main")),
  .package(path: "../own"),
])
`;

/** Of conan-io/examples2. */
const conanText =
  '[requires]\nzlib/1.3.1\nfmt/[>=8 <11]@acme/stable\n\n[tool_requires]\ncmake/3.22.6\n\n[generators]\nCMakeDeps\n';
const conanProgram = `class App(ConanFile):
    name = "app"
    requires = "zlib/1.3.1", "bzip2/1.0.8"
    def requirements(self):
        self.requires("fmt/8.1.1")
        # self.requires("gone/1.0")
    def build_requirements(self):
        self.tool_requires("cmake/3.22.6")
`;

const files: readonly (readonly [path: string, text: string, expected: string])[] = [
  ['package.json', packageJson, 'express: accepts @scope/one @real/name shared +1'],
  ['composer.json', composerJson, 'laravel/laravel: fideloper/proxy laravel/framework'],
  ['Cargo.toml', cargoToml, 'ripgrep: anyhow textwrap renamed libc jemallocator'],
  ['Gemfile', gemfile, ': puma browser lograge'],
  ['a.gemspec', gemspec, 'activesupport: i18n tzinfo'],
  [
    'build.gradle',
    gradle,
    ': org.springframework.boot:spring-boot-starter-web org.webjars.npm:bootstrap commons-io:commons-io +3',
  ],
  ['pom.xml', pom, 'com.acme:app: org.springframework.boot:spring-boot-starter-web org.yaml:snakeyaml'],
  ['a.csproj', project, ': Newtonsoft.Json Serilog'],
  ['Directory.Packages.props', central, ':'],
  ['pyproject.toml', pyproject, 'Flask: blinker requests click'],
  ['pyproject.toml', poetry, 'app: django'],
  ['pyproject.toml', '[build-system]\nrequires = ["setuptools"]\n', ':'],
  ['Pipfile', '[packages]\nrequests = "*"\nown = {path = "."}\n[dev-packages]\npytest = "*"\n', ': requests'],
  ['setup.py', setupProgram, ': chardet idna'],
  ['setup.py', 'setup(name="a", install_requires=["b[c]>=1"])', 'a: b'],
  ['setup.py', 'setup(name="a", install_requires=made())', 'a: +1'],
  ['setup.py', 'setup(name="a", install_requires=open("requirements.txt").readlines())', 'a:'],
  ['setup.py', 'setup(name="a")', 'a:'],
  ['setup.cfg', setupFile, 'app: requests'],
  ['requirements.txt', 'flask\nrequests==2.0\nurllib3>=1 # new\n-r other.txt\n', ': flask urllib3'],
  ['mix.exs', mix, 'phoenix: plug jason real'],
  ['pubspec.yaml', pubspec, 'flutter_bloc: bloc other'],
  ['Package.swift', swift, ': github.com/apple/swift-nio github.com/vapor/crypto github.com/vapor/leaf'],
  ['conanfile.txt', conanText, ': zlib fmt'],
  ['conanfile.py', conanProgram, 'app: fmt zlib bzip2'],
];

function shown(asked: Asked | undefined): string {
  if (asked === undefined) return 'nothing';
  const { own = '', names, others } = asked;
  return [`${own}:`, ...names, ...(others > 0 ? [`+${others}`] : [])].join(' ');
}

test.each(files)('%s asks for what it takes to run', async (path, text, expected) => {
  expect(shown(await asks(`app/${path}`, text))).toBe(expected);
  expect(shown(await asks(`app/${path}`, text.replaceAll('\n', '\r\n')))).toBe(expected);
});

test.each(files)('%s that is damaged never throws', async (path, text) => {
  const read = fc.asyncProperty(damagedTexts(text), async (damaged) => void (await asks(path, damaged)));
  await fc.assert(read, { numRuns: damageTries });
});

test.each([
  ['package.json', '{"dependencies":{', 'it is not valid JSON'],
  ['composer.json', '[]', 'it is no object'],
  ['Cargo.toml', '[dependencies', 'it is no valid TOML'],
  ['pubspec.yaml', 'a: [', 'it is no valid YAML'],
  ['package.json', `{"name":"${'a'.repeat(2 ** 20)}"}`, 'it is larger than 1048576 bytes'],
])('%s that is none says why', async (path, text, problem) =>
  expect((await asks(path, text))?.problem).toContain(problem),
);

test('names beyond the bounds are counted', async () => {
  const asked = await asks('package.json', JSON.stringify({ dependencies: { ...many(3000), ['b'.repeat(300)]: '1' } }));
  expect([asked?.names.length, asked?.others]).toEqual([2000, 1001]);
});

test.each([
  'node_modules/a/package.json',
  'app/.next/package.json',
  'vendor/a/composer.json',
  'third_party/a/Cargo.toml',
  'gems/rack-2.2.7/Gemfile',
  'deps/plug/mix.exs',
  '.venv/lib/python3.12/site-packages/setup.py',
])('%s is of what is installed, and none of the project', async (path) => {
  const text = files.find(([name]) => path.endsWith(`/${name}`))?.[1] ?? '';
  expect(await asks(path, text)).toBeUndefined();
});

function many(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, '1']));
}
