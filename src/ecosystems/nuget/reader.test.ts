import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Analyzer } from '../analyzer.ts';
import { nugetLocks } from './locks.ts';
import { nugetProjects } from './projects.ts';
import { nuget } from './reader.ts';
import { assets, frameworkDependent, lockFile, paketLock, selfContained, sharedRuntime } from './samples.testing.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };
const readers = [nuget, nugetLocks, nugetProjects];

async function analyze(path: string, text: string) {
  const reader = readers.find((one: Analyzer) => one.wants(path, text.length, 0o644));
  return await reader?.analyze({ path, content: Buffer.from(text), limits });
}

/** Packages as `name@version`, then the codes of faults. */
async function reported(path: string, text: string): Promise<string> {
  const { packages = [], faults = [] } = (await analyze(path, text)) ?? {};
  return [...packages.map(({ name, version }) => `${name}@${version}`), ...faults.map(({ code }) => code)].join(' ');
}

describe('packages of a program', () => {
  const shared = 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.11/Microsoft.NETCore.App.deps.json';
  const noTarget = selfContained.replace('.NETCoreApp,Version=v9.0/linux-x64', 'another');

  test.each([
    [
      'self-contained',
      'app/App.deps.json',
      selfContained,
      'YamlDotNet@16.3.0 Microsoft.NETCore.App.Runtime.linux-x64@9.0.1',
    ],
    [
      'for another target',
      'app/App.deps.json',
      noTarget,
      'YamlDotNet@16.3.0 Microsoft.NETCore.App.Runtime.linux-x64@9.0.1',
    ],
    // The target says nothing of System.Collections.Immutable, so it may be there.
    [
      'framework-dependent',
      'app/App.deps.json',
      frameworkDependent,
      'JsonDiffPatch@2.0.61 Libuv@1.9.1 System.Collections.Immutable@1.3.0',
    ],
    ['the runtime itself', shared, sharedRuntime, 'Microsoft.NETCore.App.Runtime.linux-x64@8.0.11'],
    ['no JSON', 'app/App.deps.json', '{', 'corrupt-package-database'],
    ['no object', 'app/App.deps.json', '[]', 'corrupt-package-database'],
    ['no libraries', 'app/App.deps.json', '{"libraries": []}', 'corrupt-package-database'],
    ['libraries of no kind', 'app/App.deps.json', '{"libraries": {"a/1": 1, "b": {}, "/1": {"type": "package"}}}', ''],
  ])('%s', async (...[, path, text, expected]) => expect(await reported(path, text)).toBe(expected));

  test('tell what they require, and where they are found', async () => {
    const [first] = (await analyze('app/App.deps.json', frameworkDependent))?.packages ?? [];
    expect(first).toMatchObject({
      purl: 'pkg:nuget/JsonDiffPatch@2.0.61',
      requires: ['Microsoft.NETCore.App'],
      paths: ['app/App.deps.json'],
      foundBy: { analyzer: 'nuget', evidence: 'deps.json' },
    });
  });
});

const config = `<?xml version="1.0" encoding="utf-8"?>
<packages>
  <package id="Newtonsoft.Json" version="6.0.4" targetFramework="net45" />
  <package id="StyleCop" version="1.0.0" developmentDependency="true" />
  <package id="NoVersion" />
  <other id="x" version="1" />
</packages>`;

describe('lock files', () => {
  test.each([
    ['a/packages.lock.json', lockFile, 'newtonsoft.json@12.0.3 Swashbuckle.AspNetCore.Swagger@5.5.1'],
    ['a/packages.lock.json', '{"dependencies": {"net8.0": {"a": 1, "b": {"type": "Direct"}}}}', ''],
    ['a/packages.lock.json', '{}', 'corrupt-package-database'],
    ['a/obj/project.assets.json', assets, 'Humanizer.Core@2.8.26 Microsoft.Data.SqlClient.SNI.runtime@2.1.1'],
    ['a/obj/project.assets.json', '{"version": 3}', 'corrupt-package-database'],
    ['Packages.config', config, 'Newtonsoft.Json@6.0.4'],
    ['packages.config', '<configuration/>', 'corrupt-package-database'],
    ['packages.config', config.slice(0, 100), 'corrupt-package-database'],
    ['paket.lock', paketLock, 'Expecto@9.0.4 System.Memory@4.5.5 FSharp.Core@7.0'],
    ['paket.lock', paketLock.replaceAll('\n', '\r\n'), 'Expecto@9.0.4 System.Memory@4.5.5 FSharp.Core@7.0'],
    ['paket.lock', 'nothing', 'corrupt-package-database'],
    ['other.lock', paketLock, ''],
  ])('%s', async (path, text, expected) => expect(await reported(path, text)).toBe(expected));

  test('tell what packages require', async () => {
    const of = async (path: string, text: string) =>
      (await analyze(path, text))?.packages.map(({ requires }) => requires?.join(' '));
    expect(await of('packages.lock.json', lockFile)).toEqual(['', 'Microsoft.OpenApi']);
    expect(await of('paket.lock', paketLock)).toEqual(['FSharp.Core Mono.Cecil', '', '']);
  });
});

const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><A>1.0.0</A><B Condition="'$(X)' == ''">2.0.0</B><Twice>1</Twice><Twice>2</Twice></PropertyGroup>
  <PropertyGroup Condition="'$(X)' == ''"><C>3.0.0</C></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Plain" Version="8.0.0" />
    <PackageReference Include="Exact;Other" Version="[2.1.0-beta.1]" />
    <PackageReference Include="Element"><Version> 3.0 </Version></PackageReference>
    <PackageReference Update="Property" Version="$(A)" />
    <PackageReference Include="Overridden" VersionOverride="4.0.0" Version="$(B)" />
    <PackageReference Include="StyleCop.Analyzers" Version="1.2.0-beta.435" PrivateAssets="All" />
    <PackageReference Include="coverlet"><Version>6.0.0</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <PackageReference Include="Range" Version="[1.0,2.0)" />
    <PackageReference Include="Floating" Version="1.*" />
    <PackageReference Include="Half" Version="[1.0" />
    <PackageReference Include="Central" />
    <PackageReference Include="$(name)" Version="6.0.0" />
    <PackageReference Include="" Version="2.4.1" />
    <PackageReference Include="Conditional" Version="$(B)" />
    <PackageReference Include="InConditional" Version="$(C)" />
    <PackageReference Include="SetTwice" Version="$(Twice)" />
    <PackageReference Include="Unknown" Version="$(D)" />
  </ItemGroup>
</Project>`;

describe('project files', () => {
  test.each([
    [
      'a/App.csproj',
      project,
      'Plain@8.0.0 Exact@2.1.0-beta.1 Other@2.1.0-beta.1 Element@3.0 Property@1.0.0 Overridden@4.0.0',
    ],
    ['a/App.FSPROJ', '<Project><ItemGroup><PackageReference Include="A" Version="1"/></ItemGroup></Project>', 'A@1'],
    [
      'Directory.Packages.props',
      '<Project><ItemGroup><PackageVersion Include="A" Version="1"/></ItemGroup></Project>',
      'A@1',
    ],
    ['a/App.csproj', project.slice(0, -20), 'corrupt-package-database'],
    ['a/Directory.Build.props', project, ''],
  ])('%s', async (path, text, expected) => expect(await reported(path, text)).toBe(expected));
});

test.each([
  ['app/App.deps.json', frameworkDependent],
  ['packages.lock.json', lockFile],
  ['project.assets.json', assets],
  ['packages.config', config],
  ['paket.lock', paketLock],
  ['App.csproj', project],
])('%s that is damaged never throws', async (path, text) => {
  const damage = fc.tuple(fc.nat(text.length), fc.nat(30), fc.string({ maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([at, cut, put]) => {
      expect(await analyze(path, text.slice(0, at) + put + text.slice(at + cut))).toBeDefined();
    }),
    { numRuns: 200 },
  );
});
