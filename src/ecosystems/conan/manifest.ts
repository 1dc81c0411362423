import { linesOf, manifestReader, type Requirements } from '../manifest.ts';

/**
 * What `conanfile.txt` and `conanfile.py` ask for (https://docs.conan.io/2/reference/conanfile_txt.html). Tools of the build
 * are left out.
 */
export const conanManifest = manifestReader({
  id: 'conan-manifest',
  summary: 'What conanfile.txt and conanfile.py ask for, where no lock file tells the versions',
  file: /(?:^|\/)conanfile\.(?:txt|py)$/,
  answeredBy: /(?:^|\/)conan\.lock$/,
  command: '`conan lock create .`',
  read: (text, path) => (path.endsWith('.txt') ? inSections(text) : inProgram(text)),
});

const comment = /(?:^|\s)#.*$/;

function inSections(text: string): Requirements {
  const names: string[] = [];
  let section = '';
  for (const line of linesOf(text, comment)) {
    section = /^\s*\[(\w+)\]\s*$/.exec(line)?.[1] ?? section;
    const name = /^\s*([\w.+-]{1,256})\//.exec(line)?.[1];
    if (section === 'requires' && name !== undefined) names.push(name);
  }
  return { names };
}

/** `self.requires("zlib/1.3")`, `requires = "zlib/1.3", "bzip2/1.0.8"`, of more than one line too. */
function inProgram(text: string): Requirements {
  const own = /^\s{1,20}name\s{0,20}=\s{0,20}["']([\w.+-]{1,256})["']/m.exec(text)?.[1];
  const lines = linesOf(text, comment);
  const calls = lines.flatMap((line) => [...line.matchAll(/\bself\.requires\(\s{0,20}f?["']([\w.+-]{1,256})\//g)]);
  const lists = lines
    .join('\n')
    .match(/^\s{1,20}requires\s{0,20}=[\s([]{0,40}(?:["'][^"'\n]{1,300}["'][\s,]{0,100})+/gm);
  const listed = (lists ?? []).flatMap((list) => [...list.matchAll(/["']([\w.+-]{1,256})\//g)]);
  return { names: [...calls, ...listed].map(([, name = '']) => name), ...(own !== undefined && { own }) };
}
