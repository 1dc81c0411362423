import { linesOf, manifestReader, type Requirements } from '../manifest.ts';

/**
 * What `Gemfile` and `*.gemspec` ask for, line by line: both are programs of Ruby (https://bundler.io/man/gemfile.5.html).
 * Groups for development and tests are left out.
 */
export const gemManifest = manifestReader({
  id: 'gem-manifest',
  summary: 'What Gemfile and gemspec files ask for, where no lock file tells the versions',
  file: /(?:^|\/)(?:Gemfile|gems\.rb|[^/]+\.gemspec)$/,
  except: /(?:^|\/)(?:specifications|gems\/[\w.-]+-\d[\w.-]*)\//,
  answeredBy: /(?:^|\/)(?:Gemfile\.lock|gems\.locked)$/,
  command: '`bundle lock`',
  read: (text, path) => (path.endsWith('.gemspec') ? inSpecification(text) : inGemfile(text)),
});

const comment = /(?:^|\s)#.*$/;
const forDevelopment = /^(?:development|test|ci|lint|docs?|rubocop)$/;

function inGemfile(text: string): Requirements {
  const names: string[] = [];
  let leftOut: string | undefined;
  for (const line of linesOf(text, comment)) {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    if (leftOut !== undefined) {
      if (indent === leftOut && /^\s*end\b/.test(line)) leftOut = undefined;
      continue;
    }
    const group = /^\s*group[\s(](.*)\bdo\b/.exec(line)?.[1];
    if (group !== undefined && isForDevelopment(group)) leftOut = indent;
    const [, name, rest = ''] = /^\s*gem[\s(]\s*["']([\w.-]{1,256})["'](.*)$/.exec(line) ?? [];
    if (name === undefined || /(?:\b(?:path|git|github|gitlab|bitbucket|gist):|:(?:path|git|github)\s*=>)/.test(rest))
      continue;
    const [, groups] = /(?:\bgroups?:|:groups?\s*=>)\s*(\[[^\]]*\]|:\w+)/.exec(rest) ?? [];
    if (groups === undefined || !isForDevelopment(groups)) names.push(name);
  }
  return { names };
}

function isForDevelopment(groups: string): boolean {
  const all = groups.match(/\w+/g) ?? [];
  return all.length > 0 && all.every((group) => forDevelopment.test(group));
}

function inSpecification(text: string): Requirements {
  const own = /\.name\s{0,20}=\s{0,20}["']([\w.-]{1,256})["']/.exec(text)?.[1];
  const names = linesOf(text, comment).flatMap(
    (line) => /\.add(?:_runtime)?_dependency[\s(]{1,20}(?:%q[<(])?["']?([\w.-]{1,256})["'>)]/.exec(line)?.[1] ?? [],
  );
  return { names, ...(own !== undefined && { own }) };
}
