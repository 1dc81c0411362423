import { byFile, changeByCommand, changeInFile, type Changes, withoutCommand } from '../changes.ts';
import { quoted } from '../face.ts';

export const gem: Changes = {
  id: 'gem',
  change(wanted) {
    const { name, installed, to, paths } = wanted;
    const lines = { before: `${name} ${installed}`, after: `${name} ${to}` };
    const tool = byFile(paths, tools);
    if (tool === 'ruby') return withoutCommand('base image, or Ruby: this gem comes with it', wanted);
    if (tool === 'gem')
      return changeByCommand(
        lines,
        // It installs beside what is there, and programs may still load that.
        `gem install ${quoted(name)} --version ${quoted(to)} && gem cleanup ${quoted(name)}`,
      );
    const line = (version: string): string => `gem ${literal(name)}, ${literal(version)}`;
    return changeInFile('Gemfile', { before: line(installed), after: line(to) });
  },
};

/** Bundler installs into a folder of its own; what lies elsewhere `gem` put there. */
const tools = [
  [/(?:^|\/)(?:Gemfile\.lock|gems\.locked)$|(?:^|\/)bundle\//, 'bundler'],
  [/(?:^|\/)specifications\/(?!default\/)/, 'gem'],
  [/(?:^|\/)specifications\/default\//, 'ruby'],
] as const;

/** A text of Ruby in which nothing is run: names come out of images that nobody trusts. */
function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
