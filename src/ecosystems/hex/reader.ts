import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/** `mix.lock` of Mix (https://hexdocs.pm/mix/Mix.Tasks.Deps.html), a map of Elixir with one package in each line. */
export const hex: Analyzer = {
  id: 'hex-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of Hex, as listed in mix.lock',
  places: [],
  wants: (path) => /(?:^|\/)mix\.lock$/.test(path) && !/(?:^|\/)deps\//.test(path),
  analyze,
};

const word = String.raw`"?([\w.@-]{1,256})"?`;
/** `"phx": {:hex, :phoenix, "1.7.11", …}`: the second name is the package's own. */
const ofHex = new RegExp(String.raw`^\{:hex, :${word}, "([^"]{1,256})"`);
const entry = /^ {0,8}"([^"]{1,256})"(?::| =>) (\{.{0,20000})$/;

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(hex.id, path);
  const text = textOf(content).trim();
  const lines = text.split(/\r?\n/);
  for (const line of lines) {
    const [, key, value = ''] = entry.exec(line) ?? [];
    if (key === undefined) continue;
    const [, name = key, version] = ofHex.exec(value) ?? [];
    const evidence = version === undefined ? 'lock file (from a repository)' : 'lock file';
    collector.add({ type: 'hex', name, version, path, foundBy: { analyzer: hex.id, evidence } });
  }
  if (!text.startsWith('%{') || !text.endsWith('}'))
    collector.fault('corrupt-package-database', 'This lock file is not read in full: it is no map, or is cut off.');
  return collector.analysis();
}
