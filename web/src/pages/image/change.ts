import type { PackageType } from '#catalog/contract.ts';
import { packageParts } from '../../ui/names.ts';

/** A package, what is installed and what removes the findings. */
export interface Replacement {
  readonly type: PackageType;
  readonly package: string;
  readonly installed: string;
  readonly to: string;
}

/** A replacement as a change to make: where, the line that goes, the line that comes, and what to copy. */
export interface Change {
  readonly where: string;
  readonly before: string;
  readonly after: string;
  readonly copy: string;
}

/** The exact change in the words of the package's own ecosystem. */
export function changeOf({ type, package: name, installed, to }: Replacement): Change {
  const plain = { before: `${name} ${installed}`, after: `${name} ${to}` };
  switch (type) {
    case 'deb':
      return command(plain, `apt-get install --only-upgrade ${quoted(name)}`);
    case 'apk':
      return command(plain, `apk add --upgrade ${quoted(`${name}>=${to}`)}`);
    case 'rpm':
      return command(plain, `dnf upgrade ${quoted(name)}`);
    case 'npm':
      return command(
        { before: `"${name}": "${installed}"`, after: `"${name}": "${to}"` },
        `npm install ${quoted(`${name}@${to}`)}`,
      );
    case 'maven':
      return {
        where: `pom.xml, ${packageParts(type, name).own}`,
        before: `<version>${installed}</version>`,
        after: `<version>${to}</version>`,
        copy: `<version>${to}</version>`,
      };
  }
}

function command(lines: { readonly before: string; readonly after: string }, line: string): Change {
  return { where: line, ...lines, copy: line };
}

/** Names come out of images that nobody trusts; what a shell would read as more than one word is quoted. */
function quoted(text: string): string {
  return /^[\w.+:@/-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
