import { changeByCommand, changeInFile, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const cargo: Changes = {
  id: 'cargo',
  change({ name, installed, to }) {
    const lines = { before: `${name} = "${installed}"`, after: `${name} = "${to}"` };
    // A lock file may hold several versions of one crate.
    const locked = quoted(`${name}@${installed}`);
    return series(installed) === series(to)
      ? changeByCommand(lines, `cargo update ${locked} --precise ${quoted(to)}`)
      : changeInFile(`Cargo.toml of what requires it: cargo tree --invert ${locked}`, lines);
  },
};

/** Versions that Cargo takes for one another: they are alike up to the first number that is not 0. */
function series(version: string): string {
  return /^(?:0\.)*\d+/.exec(version)?.[0] ?? version;
}
