import type { SecretPlace } from './finding.ts';

const settingsExtensions =
  /\.(?:env|ini|conf|config|cfg|cnf|properties|ya?ml|toml|json|json5|xml|tfvars|hcl|plist|service|netrc|npmrc|rc)$/;
const settingsNames =
  /^(?:\.env(?:\..{1,40})?|\.?[a-z]{2,20}rc|environment|credentials|config|\.my\.cnf|\.pgpass|\.netrc)$/;
/** Lists of what is installed, of words and of types: their values are digests and texts, and nobody sets them. */
const notSettings =
  /^(?:package-lock\.json|\.package-lock\.json|npm-shrinkwrap\.json|package\.json|composer\.lock|yarn\.lock|tsconfig.{0,40}\.json|.{1,80}\.map\.json|.{0,60}schema\.json|pom\.xml)$/;

/** Whether a file holds settings, by its name. */
function isSettingsFile(path: string): boolean {
  const name = nameOf(path);
  return (settingsExtensions.test(name) || settingsNames.test(name)) && !notSettings.test(name);
}

/** Places where a name with a random value counts. */
export function holdsSettings(place: SecretPlace): boolean {
  return place.kind !== 'file' || isSettingsFile(place.path);
}

const testFolders = /(?:^|\/)(?:tests?|testdata|__tests__|__mocks__|spec|fixtures?|docs?|examples?|samples?|man)\//i;
const testNames =
  /(?:\.d\.[cm]?ts|\.(?:test|spec)\.[cm]?[jt]sx?|_test\.(?:go|py|rb)|\.(?:md|rst|adoc|pod)|\.(?:example|sample|template|dist))$/i;
const testBeginnings = /^(?:test_.{1,80}\.py|readme.{0,20}|changelog.{0,20})$/i;

/** Tests, documentation, examples and declarations of types: keys there are made up more often than not. */
export function isTestOrDocumentation(path: string): boolean {
  const name = nameOf(path);
  return testFolders.test(path) || testNames.test(name) || testBeginnings.test(name);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
