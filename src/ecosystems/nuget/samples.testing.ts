/**
 * Cut out of real files: `pkg/dependency/parser/dotnet/core_deps/testdata` of aquasecurity/trivy (self-contained, for Linux,
 * and without-runtime), which `dotnet publish` wrote.
 */

/** An application that brings the runtime along. */
export const selfContained = JSON.stringify({
  runtimeTarget: { name: '.NETCoreApp,Version=v9.0/linux-x64', signature: '' },
  compilationOptions: {},
  targets: {
    '.NETCoreApp,Version=v9.0': {},
    '.NETCoreApp,Version=v9.0/linux-x64': {
      'selfcontained/1.0.0': {
        dependencies: { YamlDotNet: '16.3.0', 'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64': '9.0.1' },
        runtime: { 'selfcontained.dll': {} },
      },
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/9.0.1': {
        runtime: { 'System.Runtime.dll': { assemblyVersion: '9.0.0.0', fileVersion: '9.0.124.61010' } },
      },
      'YamlDotNet/16.3.0': {
        runtime: { 'lib/net8.0/YamlDotNet.dll': { assemblyVersion: '16.0.0.0', fileVersion: '16.3.0.0' } },
      },
    },
  },
  libraries: {
    'selfcontained/1.0.0': { type: 'project', serviceable: false, sha512: '' },
    'YamlDotNet/16.3.0': { type: 'package', serviceable: true, sha512: 'sha512-x', path: 'yamldotnet/16.3.0' },
    'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/9.0.1': {
      type: 'runtimepack',
      serviceable: false,
      sha512: '',
    },
  },
});

/** An application of packages that only take part in the build, that only require others, and with native files. */
export const frameworkDependent = `\ufeff${JSON.stringify({
  runtimeTarget: { name: '.NETCoreApp,Version=v6.0', signature: '' },
  compilationOptions: {},
  targets: {
    '.NETCoreApp,Version=v6.0': {
      'hello2/1.0.0': { dependencies: { JsonDiffPatch: '2.0.61' }, runtime: { 'hello2.dll': {} } },
      'JsonDiffPatch/2.0.61': {
        dependencies: { 'Microsoft.NETCore.App': '1.1.2' },
        runtime: { 'lib/netcoreapp1.1/JsonDiffPatch.dll': { assemblyVersion: '1.0.0.0', fileVersion: '1.0.0.0' } },
      },
      'Libuv/1.9.1': {
        dependencies: { 'Microsoft.NETCore.Platforms': '1.1.0' },
        runtimeTargets: { 'runtimes/debian-x64/native/libuv.so': { rid: 'debian-x64', assetType: 'native' } },
      },
      'Microsoft.NETCore.App/1.1.2': { dependencies: { Libuv: '1.9.1', 'System.Collections.Immutable': '1.3.0' } },
      'Microsoft.NETCore.Platforms/1.1.0': {},
    },
  },
  libraries: {
    'hello2/1.0.0': { type: 'project', serviceable: false, sha512: '' },
    'JsonDiffPatch/2.0.61': { type: 'package', serviceable: true, sha512: 'sha512-x' },
    'Libuv/1.9.1': { type: 'package', serviceable: true, sha512: 'sha512-x' },
    'Microsoft.NETCore.App/1.1.2': { type: 'package', serviceable: true, sha512: 'sha512-x' },
    'Microsoft.NETCore.Platforms/1.1.0': { type: 'package', serviceable: true, sha512: 'sha512-x' },
    'System.Collections.Immutable/1.3.0': { type: 'package', serviceable: true, sha512: 'sha512-x' },
  },
})}`;

/**
 * The list of an installed runtime, `shared/Microsoft.NETCore.App/8.0.11/Microsoft.NETCore.App.deps.json`: the runtime is a
 * package in it (aquasecurity/trivy, issue 10802).
 */
export const sharedRuntime = JSON.stringify({
  runtimeTarget: { name: '.NETCoreApp,Version=v8.0/linux-x64', signature: '' },
  compilationOptions: {},
  targets: {
    '.NETCoreApp,Version=v8.0': {},
    '.NETCoreApp,Version=v8.0/linux-x64': {
      'Microsoft.NETCore.App.Runtime.linux-x64/8.0.11': {
        runtime: { 'System.Runtime.dll': { assemblyVersion: '8.0.0.0', fileVersion: '8.0.1124.51707' } },
        native: { 'libcoreclr.so': { fileVersion: '0.0.0.0' } },
      },
    },
  },
  libraries: {
    'Microsoft.NETCore.App.Runtime.linux-x64/8.0.11': { type: 'package', serviceable: true, sha512: '' },
  },
});

/** Cut out of `obj/project.assets.json` of Deepika573/SampleAPI, which `dotnet restore` wrote. */
export const assets = JSON.stringify({
  version: 3,
  targets: {
    'net6.0': {
      'Humanizer.Core/2.8.26': {
        type: 'package',
        compile: { 'lib/netstandard2.0/_._': {} },
        runtime: { 'lib/netstandard2.0/Humanizer.dll': {} },
      },
      'Microsoft.CSharp/4.5.0': {
        type: 'package',
        compile: { 'ref/netcoreapp2.0/_._': {} },
        runtime: { 'lib/netcoreapp2.0/_._': {} },
      },
      'Microsoft.Data.SqlClient.SNI.runtime/2.1.1': {
        type: 'package',
        runtimeTargets: {
          'runtimes/win-x64/native/Microsoft.Data.SqlClient.SNI.dll': { assetType: 'native', rid: 'win-x64' },
        },
      },
      'Microsoft.Extensions.ApiDescription.Server/6.0.5': {
        type: 'package',
        build: { 'build/Microsoft.Extensions.ApiDescription.Server.props': {} },
      },
      'Model/1.0.0': { type: 'project', runtime: { 'bin/placeholder/Model.dll': {} } },
    },
  },
  libraries: {},
});

/** Cut out of `packages_lock_subdependencies.json` of aquasecurity/trivy, which `dotnet restore` wrote. */
export const lockFile = JSON.stringify({
  version: 1,
  dependencies: {
    '.NETCoreApp,Version=v5.0': {
      'Newtonsoft.Json': { type: 'Direct', requested: '[12.0.3, )', resolved: '12.0.3', contentHash: '6mgjfnRB4jKM' },
      'Swashbuckle.AspNetCore.Swagger': {
        type: 'Transitive',
        resolved: '5.5.1',
        contentHash: 'YlrnRiIFQdjh',
        dependencies: { 'Microsoft.OpenApi': '1.1.4' },
      },
      library: { type: 'Project', dependencies: { 'Newtonsoft.Json': '12.0.3' } },
    },
    '.NETCoreApp,Version=v5.0/linux-x64': {
      'newtonsoft.json': { type: 'Direct', requested: '[12.0.3, )', resolved: '12.0.3', contentHash: '6mgjfnRB4jKM' },
    },
  },
});

/** Cut out of `paket.lock` of 1eyewonder/Fs.Units and 0x53A/Koala, with a part of another source between. */
export const paketLock = `STORAGE: NONE
NUGET
  remote: https://api.nuget.org/v3/index.json
    Expecto (9.0.4)
      FSharp.Core (>= 4.6) - restriction: || (>= net461) (>= netstandard2.0)
      Mono.Cecil (>= 0.11.3) - restriction: || (>= net461) (>= netstandard2.0)
    System.Memory (4.5.5) - restriction: || (&& (< monoandroid) (>= netcoreapp2.0)) (>= netstandard2.0)
GITHUB
  remote: fsprojects/FAKE
    modules/Octokit/Octokit.fsx (a25c2f256a99242c1106b5a3478aae6bb68c7a93)
      Octokit
GROUP Build
NUGET
  remote: https://api.nuget.org/v3/index.json
    FSharp.Core (7.0)
`;
