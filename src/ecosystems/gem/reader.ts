import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/**
 * Installed gems by the specification that RubyGems writes for each, into `specifications` of a gem home. It is Ruby, and
 * is read without running it: by the line for readers in a hurry, `# stub: name version platform paths` (since RubyGems 2.2),
 * else by the literals of name and version.
 */
export const gem: Analyzer = {
  id: 'gem',
  version: 1,
  summary: 'Ruby gems, as installed in gem homes, default gems of Ruby among them',
  places: [],
  below: ['/x-1.gemspec', '/default/x-1.gemspec', '/specifications/x-1.gemspec', '/3.0/specifications/x-1.gemspec'],
  wants: (path) => /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/.test(path),
  analyze,
};

/** Names and versions hold nothing else (rubygems, Gem::Specification::VALID_NAME_PATTERN and Gem::Version). */
const word = String.raw`([\w.-]{1,256})`;
const stub = new RegExp(String.raw`^(?:[^\n]{0,200}\n)?# stub: ${word} ${word} \S`);
/** `"a"`, `'a'`, `%q{a}` and `%q<a>`. */
const literal = String.raw`(?:%q?[<{(\[]|["'])${word}[>})\]"']`;
const start = String.raw`^[ \t]{0,64}\w{1,64}\.`;
const is = String.raw`[ \t]{0,64}=[ \t]{0,64}`;
const nameLine = new RegExp(`${start}name${is}${literal}`, 'm');
const versionLine = new RegExp(
  String.raw`${start}version${is}(?:Gem::Version\.new[ \t]{0,8}\(?[ \t]{0,8})?${literal}`,
  'm',
);
const licenseLine = new RegExp(`${start}licenses?${is}([^\n]{1,4000})`, 'm');

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(gem.id, path);
  const text = textOf(content);
  const stated = stub.exec(text);
  const name = stated?.[1] ?? nameLine.exec(text)?.[1];
  const version = stated?.[2] ?? versionLine.exec(text)?.[1];
  if (name === undefined)
    collector.fault('corrupt-package', 'This specification of an installed gem does not state its name.');
  else if (version === undefined) collector.fault('unknown-version', `Gem ${name} does not state its version.`);
  else {
    const evidence = stated ? 'stub line of gemspec' : 'gemspec';
    collector.add({
      type: 'gem',
      name,
      version,
      licenses: licensesIn(text),
      path,
      foundBy: { analyzer: gem.id, evidence },
    });
  }
  return collector.analysis();
}

function licensesIn(text: string): readonly string[] {
  const stated = licenseLine.exec(text)?.[1] ?? '';
  return [...stated.matchAll(/(?:%q[<{(]|["'])([^"'>})\n]{1,128})[>})"']/g)].flatMap(([, one]) => one ?? []);
}
