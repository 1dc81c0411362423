import { byFile, type Change, changeByCommand, type Changes, type Replacement } from '../changes.ts';
import { quoted } from '../face.ts';

export const nuget: Changes = {
  id: 'nuget',
  change(wanted) {
    const { name, installed, to, paths } = wanted;
    const lines = { before: `${name} ${installed}`, after: `${name} ${to}` };
    return isRuntime(name)
      ? runtimeChange(lines, to)
      : changeByCommand(lines, (byFile(paths, commands) ?? byDotnet)(wanted));
  },
};

type Command = (wanted: Replacement) => string;

const byDotnet: Command = ({ name, to }) => `dotnet add package ${quoted(name)} --version ${quoted(to)}`;

/** The first is one of the console that Visual Studio has for packages. */
const commands: readonly (readonly [RegExp, Command])[] = [
  [/(?:^|\/)packages\.config$/i, ({ name, to }) => `Update-Package ${quoted(name)} -Version ${quoted(to)}`],
  [/(?:^|\/)paket\.lock$/i, ({ name, to }) => `dotnet paket update ${quoted(name)} --version ${quoted(to)}`],
];

/** The runtime is no package that a project names: it comes with the image below, or with the SDK that publishes. */
function isRuntime(name: string): boolean {
  return /^Microsoft\.(?:NETCore|AspNetCore|WindowsDesktop)\.App\.Runtime\./i.test(name);
}

function runtimeChange(lines: Pick<Change, 'before' | 'after'>, to: string): Change {
  return { where: 'base image, or RuntimeFrameworkVersion of the project', ...lines, copy: to };
}
