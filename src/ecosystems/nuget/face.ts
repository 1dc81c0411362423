import type { Face } from '../face.ts';

/** Packages of NuGet for .NET (https://learn.microsoft.com/nuget/). Names are the same in upper and lower case. */
export const nuget: Face<'language'> = {
  id: 'nuget',
  kind: 'language',
  label: 'NuGet package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
