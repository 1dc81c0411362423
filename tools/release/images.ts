import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobPath, imageDocuments, type Layer } from './images/archive.ts';
import { canMakeRoots, hasRoot, packLayer, rootTar, suite, tarOf } from './images/layers.ts';
import { type ImageRecipe, recipes, type RootRecipe } from './images/recipes.ts';
import { homepage, type Release } from './release.ts';
import { programFolder, treeFolder } from './tree.ts';

/** An image of the release, as an archive that `docker load` reads with either store. */
export interface ReleasedImage {
  /** `seawall/console`. */
  readonly name: string;
  /** Its identity: digest of the configuration. */
  readonly digest: string;
  readonly archive: string;
}

/**
 * Writes an archive of each image, from the tree and a root file system of Debian's packages, without an engine or a network.
 * Layers: Debian, Node, the programs, links to Debian's; images with the same one share it.
 */
export async function makeImages(release: Release): Promise<readonly ReleasedImage[]> {
  const work = join(release.out, 'images');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const layers = layersOf(release, work);
  const images: ReleasedImage[] = [];
  for (const recipe of recipes) images.push(await makeImage(release, { recipe, work, layers, made: images }));
  rmSync(work, { recursive: true });
  return images;
}

/** What this machine lacks to make them. */
export function whyNoImages(root: string): string | undefined {
  const lacking = recipes.filter(({ root: recipe }) => !hasRoot(root, recipe));
  if (lacking.length === 0 || canMakeRoots()) return undefined;
  return 'root file systems of Debian are made as root, with mmdebstrap; or name some with SEAWALL_RELEASE_ROOTS.';
}

interface Making {
  readonly recipe: ImageRecipe;
  readonly work: string;
  readonly layers: Layers;
  /** Those that are made already. */
  readonly made: readonly ReleasedImage[];
}

async function makeImage(release: Release, { recipe, work, layers, made }: Making): Promise<ReleasedImage> {
  const name = `seawall/${recipe.name}`;
  const { root, node, programs, links } = layers;
  const all = [await root(recipe.root), await node(), await programs(recipe), ...(await links(recipe))];
  const config = { ...recipe.config, Labels: labelsOf(release, recipe), Env: environmentOf(recipe, made) };
  const { version, epoch } = release;
  const { digest, files } = imageDocuments({ name, version, created: epoch, config, layers: all });
  const layout = join(work, recipe.name);
  for (const [path, text] of files) put(join(layout, path), (file) => writeFileSync(file, text));
  for (const layer of all) put(join(layout, blobPath(layer)), (file) => linkSync(join(work, blobPath(layer)), file));
  const archive = join(release.out, `seawall-${recipe.name}-${version}.tar`);
  tarOf(layout, ['blobs', 'index.json', 'manifest.json', 'oci-layout'], { to: archive, without: [] });
  return { name, digest, archive };
}

function labelsOf({ version, revision }: Release, { title }: ImageRecipe): Readonly<Record<string, string>> {
  const labels = {
    title,
    version,
    vendor: 'Seawall',
    source: homepage,
    ...(revision !== undefined && { revision }),
    licenses: 'Apache-2.0',
  };
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [`org.opencontainers.image.${name}`, text]));
}

/** Gates of a console's hosts let its agents start, known by their content, whatever rules say. */
function environmentOf({ config }: ImageRecipe, made: readonly ReleasedImage[]): readonly unknown[] {
  const env = config['Env'] as readonly string[];
  const agent = made.find(({ name }) => name === 'seawall/agent');
  return agent === undefined || !env.includes('SEAWALL_IN_CONTAINER=1')
    ? env
    : [...env, `SEAWALL_OWN_IMAGES=${agent.digest}`];
}

interface Layers {
  root(recipe: RootRecipe): Promise<Layer>;
  node(): Promise<Layer>;
  programs(recipe: ImageRecipe): Promise<Layer>;
  /** None, or one. */
  links(recipe: ImageRecipe): Promise<readonly Layer[]>;
}

/** Each is made once, however many images have it. */
function layersOf(release: Release, work: string): Layers {
  const blobs = join(work, 'blobs/sha256');
  const made = new Map<string, Promise<Layer>>();
  const once = (key: string, make: () => Promise<Layer>): Promise<Layer> => {
    const layer = made.get(key) ?? make();
    made.set(key, layer);
    return layer;
  };
  const tree = treeFolder(release);
  const packed = async (what: string, path: string, without: readonly string[]): Promise<Layer> => {
    const to = join(work, `${made.size}.tar`);
    tarOf(tree, [path], { to, without });
    return await packLayer(to, blobs, what).finally(() => rmSync(to));
  };
  return {
    root: (recipe) =>
      once(recipe.name, async () =>
        packLayer(await rootTar(release.root, recipe), blobs, `packages of Debian ${suite}: ${recipe.name}`),
      ),
    node: () => once('node', async () => packed('Node', node, [])),
    programs: (recipe) => {
      const without = leftOut(tree, recipe);
      return once(without.join(), async () => packed('programs of Seawall', programFolder, [node, ...without]));
    },
    links: async ({ links = {} }) => {
      const paths = Object.keys(links).map((path) => join(programFolder, path));
      if (paths.length === 0) return [];
      const folder = join(work, 'links');
      for (const [path, target] of Object.entries(links))
        put(join(folder, programFolder, path), (link) => symlinkSync(target, link));
      const to = join(work, 'links.tar');
      tarOf(folder, paths, { to, without: [] });
      return [await packLayer(to, blobs, 'programs of Debian').finally(() => rmSync(to))];
    },
  };
}

const node = `${programFolder}/bin/node`;

function leftOut(tree: string, { without, packages }: ImageRecipe): readonly string[] {
  const found = readdirSync(join(tree, programFolder, 'node_modules'));
  const others = found.filter((name) => packages !== undefined && !packages.includes(name));
  return [...without, ...others.map((name) => `node_modules/${name}`)].map((path) => `${programFolder}/${path}`);
}

function put(path: string, write: (path: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  write(path);
}
