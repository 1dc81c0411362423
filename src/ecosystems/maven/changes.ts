import { byFile, type Change, changeInFile, type Changes, type Replacement } from '../changes.ts';

export const maven: Changes = {
  id: 'maven',
  change(wanted) {
    return (byFile(wanted.paths, places) ?? inPom)(wanted);
  },
};

type ChangeAt = (wanted: Replacement) => Change;

/** An archive tells no more than its coordinates, whatever tool put it there. */
const places: readonly (readonly [RegExp, ChangeAt])[] = [
  [/(?:^|\/)pom\.xml$/, inPom],
  [/\.lockfile$/, (wanted) => changeInFile(`build.gradle, constraints of dependencies`, constraints(wanted))],
  [/(?:^|\/)RELEASE-NOTES$/, ofInstallation],
  [/./, (wanted) => changeInFile(`pom.xml or build.gradle, ${artifactOf(wanted)}`, coordinates(wanted))],
];

function artifactOf({ name }: Replacement): string {
  return name.slice(name.indexOf(':') + 1);
}

function inPom(wanted: Replacement): Change {
  const line = (version: string): string => `<version>${version}</version>`;
  const where = `${wanted.paths.find((path) => path.endsWith('pom.xml')) ?? 'pom.xml'}, ${artifactOf(wanted)}`;
  return changeInFile(where, { before: line(wanted.installed), after: line(wanted.to) });
}

function coordinates({ name, installed, to }: Replacement): { readonly before: string; readonly after: string } {
  const between = name.includes(':') ? ':' : ' ';
  return { before: `${name}${between}${installed}`, after: `${name}${between}${to}` };
}

/** A constraint holds for what others bring along, too. */
function constraints(wanted: Replacement): { readonly before: string; readonly after: string } {
  const { before, after } = coordinates(wanted);
  return { before, after: `implementation(${JSON.stringify(after)})` };
}

/** A server as a whole, whose files another release replaces. */
function ofInstallation(wanted: Replacement): Change {
  const { name, installed, to, paths } = wanted;
  const where = paths[0]?.replace(/\/?RELEASE-NOTES$/, '') ?? name;
  const own = artifactOf(wanted);
  return { where: `/${where}`, before: `${own} ${installed}`, after: `${own} ${to}`, copy: `${own} ${to}` };
}
