/** Variables that the program reads, in the order of the reference page, which is made from this list. */
export const environmentVariables: readonly { readonly name: string; readonly summary: string }[] = [
  {
    name: 'SEAWALL_STATE',
    summary: 'folder of everything that is kept: keys, database, PostgreSQL, log (an absolute path)',
  },
  { name: 'SEAWALL_DB', summary: 'vulnerability database file' },
  { name: 'SEAWALL_FEEDS', summary: 'folder of feeds that databases are built from' },
  { name: 'SEAWALL_CONSOLE', summary: 'console that scans are published to' },
  { name: 'SEAWALL_TOKEN', summary: 'token for that console' },
  { name: 'SEAWALL_REGISTRY_PASSWORD', summary: 'password of the user that --registry-user names' },
  { name: 'SEAWALL_DATABASE_URL', summary: 'PostgreSQL of one’s own for the console' },
  {
    name: 'SEAWALL_POSTGRES',
    summary:
      'folder of the PostgreSQL that the console starts, `/usr/lib/postgresql/17`, instead of the one that it brings',
  },
  { name: 'SEAWALL_ORIGIN', summary: 'address at which people open the console, behind a proxy' },
  {
    name: 'SEAWALL_TRUST_PROXY',
    summary: 'proxies that are believed about who calls: addresses, CIDR ranges or `loopback`, with commas between',
  },
  {
    name: 'SEAWALL_OIDC_FILE',
    summary: 'how people sign in to the console by OpenID Connect: docs/how-to/sign-in-with-openid-connect.md',
  },
  {
    name: 'SEAWALL_KEY_FILE',
    summary: 'the key that opens the keys in the console’s store (`keys/master.key` in its folder)',
  },
  {
    name: 'SEAWALL_BACKUP_DIR',
    summary: 'folder into which the console backs itself up each day, and `seawall backup`',
  },
  { name: 'SEAWALL_BACKUP_KEY_FILE', summary: 'passphrase or random bytes that seal backups and open them' },
  { name: 'SEAWALL_BACKUP_AT', summary: 'time of day of these backups, UTC (02:00)' },
  { name: 'SEAWALL_BACKUP_KEEP', summary: 'daily and weekly backups that are kept (7,4)' },
  { name: 'SEAWALL_STALE_FEED_DAYS', summary: 'days that the feeds behind a verdict may be old' },
  {
    name: 'SEAWALL_OWN_IMAGES',
    summary: 'images of the product itself, which every gate lets start: config digests with commas between',
  },
  {
    name: 'SEAWALL_LEARNING_BUCKET_SECONDS',
    summary:
      'length of an hour of the learning method in seconds (3600), shorter in labs only; the console says so at its start',
  },
  {
    name: 'SEAWALL_IN_CONTAINER',
    summary:
      '1 in the console’s images: it listens on all addresses of the container, and says how its host’s agent starts',
  },
  { name: 'DOCKER_HOST', summary: 'socket of the Docker engine, `unix:///run/docker.sock`' },
  {
    name: 'JOB_NAME',
    summary:
      'build that a published scan belongs to, and `BUILD_URL` its page, as Jenkins sets them; on GitHub and GitLab their own variables are read',
  },
  { name: 'NO_COLOR', summary: 'no colours; `FORCE_COLOR` asks for them in a pipe' },
];
