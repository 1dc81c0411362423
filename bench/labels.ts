/**
 * What Seawall finds in real trees, compared with what the ecosystem's own tool lists there: precision and recall of each
 * ecosystem, at least 0.99 of both.
 *
 *   npm run bench labels                   # all trees; needs Debian's tools, npm, Go, PHP, Ruby, Python and Cargo
 *   node bench/labels.ts mediawiki zabbix  # these trees alone
 *
 * Trees and labels are kept in `.cache/labels-v1`.
 */
import { type Label, type ListName, lists } from './labels/lists.ts';
import { imageOf, packagesIn, type Tree } from './labels/subject.ts';
import { trees } from './labels/trees.ts';

const least = 0.99;
/** Of the differences of one tree, those that are printed. */
const mostShown = 20;

interface Compared {
  readonly labels: number;
  readonly right: number;
  readonly wrong: number;
}

const sums = new Map<ListName, Compared>();
const wanted = process.argv.slice(2);
for (const tree of trees.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) await compareAll(tree);
for (const [name, { labels, right, wrong }] of sums) {
  const [recall, precision] = [right / labels, right / (right + wrong)];
  const enough = recall >= least && precision >= least;
  if (!enough) process.exitCode = 1;
  const rates = `recall=${recall.toFixed(4)} precision=${precision.toFixed(4)}`;
  console.log(`labels-${name} labels=${labels} ${rates}${enough ? '' : ` BELOW ${least}`}`);
}

async function compareAll(tree: Tree): Promise<void> {
  const { archive, facts } = await imageOf(tree);
  const packages = packagesIn(archive);
  console.log(`${tree.name}: ${facts.origin}`);
  for (const name of tree.of) {
    const { analyzers, placeOf } = lists[name];
    const found = packages
      .filter(({ foundBy }) => analyzers.includes(foundBy.analyzer))
      .flatMap(({ name, version, paths }) => paths.map((path): Label => [placeOf(path), name, version]));
    const one = compare(facts.labels[name] ?? [], found);
    const { labels, right, wrong } = sums.get(name) ?? { labels: 0, right: 0, wrong: 0 };
    sums.set(name, { labels: labels + one.labels, right: right + one.right, wrong: wrong + one.wrong });
    console.log(`  ${name} labels=${one.labels} missing=${one.labels - one.right} wrong=${one.wrong}`);
  }
}

function compare(labels: readonly Label[], found: readonly Label[]): Compared {
  const [listed, ours] = [labels, found].map((list) => new Set(list.map((label) => label.join(' '))));
  const missing = [...(listed ?? [])].filter((key) => ours?.has(key) !== true);
  const wrong = [...(ours ?? [])].filter((key) => listed?.has(key) !== true);
  for (const key of missing.slice(0, mostShown)) console.log(`  missing ${key}`);
  for (const key of wrong.slice(0, mostShown)) console.log(`  wrong ${key}`);
  const all = listed?.size ?? 0;
  return { labels: all, right: all - missing.length, wrong: wrong.length };
}
