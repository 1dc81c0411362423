/** One entry of the catalogue: the HTTP status that goes with the code, what it means, what to do next. */
export interface ErrorEntry {
  readonly status: number;
  readonly meaning: string;
  readonly next: string;
  /** Seconds after which it is worth asking again; HTTP sends them as `Retry-After`. */
  readonly retryAfter?: number;
}

/** Every code a user can meet, in the CLI, the API and the pages. `docs/reference/errors.md` is made from it. */
export const errorCatalogue = {
  'not-ready': {
    status: 503,
    meaning: 'The program runs and cannot serve yet, or not any more; the message says which part is missing.',
    next: 'Look into its log; `docs/how-to/monitor-seawall.md` says what each part is.',
    retryAfter: 5,
  },
  'bad-request': {
    status: 400,
    meaning: 'The request does not have the form that the endpoint expects.',
    next: 'Correct the fields named in the message and send it again.',
  },
  'bad-json': {
    status: 400,
    meaning: 'The body is not valid JSON.',
    next: 'Send valid JSON with the content type application/json.',
  },
  'bad-host': {
    status: 421,
    meaning: 'The Host header names a host that this console does not serve.',
    next: 'Use the address printed at start, or add the host name with --host-name.',
  },
  'not-signed-in': {
    status: 401,
    meaning: 'The request carries no valid session or token.',
    next: 'Sign in (`seawall console --sign-in-link`), or use a token that is not revoked or expired.',
  },
  'token-held': {
    status: 401,
    meaning: 'An older copy of the data was restored, in which tokens that were revoked since are open again.',
    next: 'An administrator confirms tokens on the page Access, or with `seawall token --confirm`.',
  },
  'bad-credentials': {
    status: 401,
    meaning: 'Name and password, token or sign-in link were not accepted.',
    next: 'Check them; `seawall console --sign-in-link` prints a new link.',
  },
  'sign-in-refused': {
    status: 403,
    meaning: 'The answer of the OpenID Connect provider does not hold, or gives the person no role here.',
    next: 'Sign in once more; an administrator sees the reason in the audit trail and the log.',
  },
  'provider-unavailable': {
    status: 503,
    meaning: 'The OpenID Connect provider does not answer, or not as one does.',
    next: 'Try again, or sign in by link or password; an administrator tests it on the page Access.',
    retryAfter: 10,
  },
  'not-allowed': {
    status: 403,
    meaning: 'The session or token may not do this.',
    next: 'Use a user or token with the right role, or ask an administrator.',
  },
  'outside-repositories': {
    status: 403,
    meaning: 'A token publishes an image that none of its repositories names.',
    next: 'Publish it under a name within its repositories, or make a token for the repository of the image.',
  },
  'bad-origin': {
    status: 403,
    meaning: 'The request was sent by a page of another origin.',
    next: 'Open the console at its own address.',
  },
  'claim-refused': {
    status: 403,
    meaning: 'An agent claimed something that its host does not hold, run or stand for.',
    next: 'See the incident that names the host; update its agent, or revoke it when nobody explains it.',
  },
  'not-found': {
    status: 404,
    meaning: 'There is nothing at this address.',
    next: 'Check the address; it may have been removed.',
  },
  'host-silent': {
    status: 504,
    meaning: 'A host that was asked did not answer in time.',
    next: 'See on the page Hosts whether its agent and sensor are there, then ask again.',
  },
  'name-taken': {
    status: 409,
    meaning: 'Something else already has this name.',
    next: 'Choose another name.',
  },
  'in-use': {
    status: 409,
    meaning: 'It cannot be deleted while something names it.',
    next: 'Change what the message names first.',
  },
  'built-in': {
    status: 409,
    meaning: 'It comes with the console and stays as it is.',
    next: 'Make one of your own beside it.',
  },
  'last-administrator': {
    status: 409,
    meaning: 'Without this user nobody could administer the console.',
    next: 'Make another user an administrator first.',
  },
  conflict: {
    status: 409,
    meaning: 'Somebody else changed it since it was read, or it is no longer in the state that this needs.',
    next: 'Read it again and repeat the change on what it says now.',
  },
  'limit-reached': {
    status: 409,
    meaning: 'There is as much of it already as one caller or one console may have.',
    next: 'Delete or settle what is no longer needed first; `docs/reference/limits.md` lists all limits.',
  },
  'own-exception': {
    status: 403,
    meaning: 'Nobody decides an exception that they asked for, in person or by a token.',
    next: 'Ask another person who may approve exceptions.',
  },
  'too-large': {
    status: 413,
    meaning: 'The body is larger than the endpoint accepts.',
    next: 'Send less at once; docs/reference/limits.md lists what each may be.',
  },
  'unsupported-media': {
    status: 415,
    meaning: 'The content type is not one that the endpoint reads.',
    next: 'Send application/json.',
  },
  'too-many-requests': {
    status: 429,
    meaning: 'Too many requests in a short time.',
    next: 'Wait some seconds, then try again; the Retry-After header says how many.',
    retryAfter: 10,
  },
  'quota-reached': {
    status: 429,
    meaning: 'The caller has done as much of it as one may do in a day.',
    next: 'Wait for the time in the Retry-After header; `docs/reference/limits.md` lists all limits.',
    retryAfter: 3600,
  },
  busy: {
    status: 429,
    meaning: 'The console does as much for this caller as it may at once.',
    next: 'Wait some seconds, then send it again; the Retry-After header says how many.',
    retryAfter: 2,
  },
  'too-costly': {
    status: 422,
    meaning: 'The request takes more time or memory than one request may take.',
    next: 'Send less at once, or something simpler.',
  },
  internal: {
    status: 500,
    meaning: 'The console met a fault of its own; it was logged.',
    next: 'Look into the console log for the request id.',
  },
  usage: {
    status: 400,
    meaning: 'The command line is not complete or not understood.',
    next: 'Run the command with --help.',
  },
  'target-not-found': {
    status: 404,
    meaning: 'The scan target does not exist.',
    next: 'Check the name; a prefix like archive:, docker: or registry: says what it is.',
  },
  'target-unreadable': {
    status: 422,
    meaning: 'The scan target is not an image, archive, layout or folder that can be read.',
    next: 'Save the image again with `docker save` and scan the file.',
  },
  'target-corrupt': {
    status: 422,
    meaning: 'The scan target is damaged: content does not match its digest, or is cut off.',
    next: 'Fetch or save the image again.',
  },
  'platform-not-found': {
    status: 404,
    meaning: 'A multi-platform image holds nothing for this platform.',
    next: 'Name another platform with --platform.',
  },
  'docker-unavailable': {
    status: 503,
    meaning: 'The Docker engine does not answer.',
    next: 'Start Docker, or name its socket with DOCKER_HOST.',
  },
  'registry-unavailable': {
    status: 503,
    meaning: 'The registry cannot be reached, or answers otherwise than a registry does.',
    next: 'Check its address; --insecure-registry names one without TLS, --registry-ca an authority of its own.',
  },
  'registry-refused': {
    status: 403,
    meaning: 'The registry does not let this user read the repository, or asks for credentials that are not known.',
    next: 'Run `docker login`, or name a user with --registry-user and SEAWALL_REGISTRY_PASSWORD.',
  },
  'registry-limited': {
    status: 429,
    meaning: 'The registry answers no more for a while, because it was asked too often.',
    next: 'Wait, or ask as a user that it knows.',
  },
  'file-unreadable': {
    status: 422,
    meaning: 'A file that was named does not exist, or cannot be opened.',
    next: 'Check the path, and that this user may read the file.',
  },
  'policy-unreadable': {
    status: 422,
    meaning: 'The file is no policy: it is no YAML, or holds what a policy does not know.',
    next: 'Correct the lines named in the message; `seawall policy test FILE` checks it again.',
  },
  'database-missing': {
    status: 503,
    meaning: 'There is no vulnerability database.',
    next: 'Run `seawall db update`, or without a network `seawall db build --feeds FOLDER`.',
  },
  'database-unreadable': {
    status: 422,
    meaning: 'The vulnerability database is damaged or of another version.',
    next: 'Build it again with `seawall db build`.',
  },
  'database-older': {
    status: 409,
    meaning:
      'The vulnerability database is older than the one in use: advisories that are known here would be forgotten.',
    next: 'Take a newer one; to go back all the same, `seawall db import FILE --older`.',
  },
  'database-untrusted': {
    status: 403,
    meaning: 'The vulnerability database carries no signature by a known key.',
    next: 'Name the key with --db-key FILE, or accept it with --allow-unsigned-db.',
  },
  'feeds-unavailable': {
    status: 503,
    meaning: 'The public feeds cannot be reached and no feed folder is named.',
    next: 'Set SEAWALL_FEEDS to a folder of OSV dumps, or try again online.',
  },
  'feed-corrupt': { status: 422, meaning: 'A feed file cannot be read.', next: 'Fetch the file again.' },
  'console-unreachable': {
    status: 503,
    meaning: 'The console does not answer.',
    next: 'Check the address and that `seawall console` runs there.',
  },
  'console-not-running': {
    status: 503,
    meaning: 'No console runs on this machine for this user.',
    next: 'Run `seawall console` (or `npm start`), or name it by SEAWALL_STATE or SEAWALL_CONSOLE.',
  },
  'join-refused': {
    status: 403,
    meaning: 'The join token is wrong, used up, expired or revoked, or does not allow this host or environment.',
    next: 'Make a join token on the page Hosts and use it on this host.',
  },
  'agent-exists': {
    status: 409,
    meaning: 'The name of the host and instance is in use by an agent, live or silent.',
    next: 'Join by a token that names exactly this host, revoke the other agent, or give an --instance.',
  },
  'agent-revoked': {
    status: 403,
    meaning: 'The agent was revoked, or another one joined in its place.',
    next: 'If this host is still to report: `seawall agent --remove`, then join with a new join token.',
  },
  'protocol-unsupported': {
    status: 400,
    meaning: 'Agent and console speak versions of the link that do not fit together.',
    next: 'Use the same version of Seawall on both sides.',
  },
  'epoch-ended': {
    status: 409,
    meaning: 'The agent delivered facts of an epoch that it had ended before.',
    next: 'Let one agent alone use an identity; a copied one has to join by itself.',
  },
  'console-untrusted': {
    status: 403,
    meaning: 'The console at this address does not prove that it is the one that made the join token.',
    next: 'Check the address and any proxy. If the console was set up again, make a new join token.',
  },
  'identity-unreadable': {
    status: 422,
    meaning: 'The identity of the agent cannot be read, or its certificate has ended.',
    next: '`seawall agent --remove`, then join with a new join token.',
  },
  'master-key-wrong': {
    status: 422,
    meaning: 'The master key cannot be read, or does not open the keys in the store.',
    next: 'Name the file of this store with SEAWALL_KEY_FILE, or run `seawall console --reset-keys`.',
  },
  'master-key-missing': {
    status: 422,
    meaning:
      'The master key is not there, and the store holds keys that only it opens. No new one is made in its place.',
    next: 'Bring the file back from the backup, or go on without it: `seawall console --reset-keys`.',
  },
  'ledger-untrusted': {
    status: 422,
    meaning: 'What decides about starts on a host was not signed by its console, was changed, or cannot be read.',
    next: 'Look who else can write to the agent and its folder; the ledger before holds until its end.',
  },
  'port-in-use': {
    status: 409,
    meaning: 'Another program listens on the port.',
    next: 'Stop it, or choose another port: `npm start -- --port 8090`, or `seawall console --port 8090`.',
  },
  'already-running': {
    status: 409,
    meaning: 'A console of this user already runs here.',
    next: 'Open it; `seawall console --sign-in-link` prints a new link.',
  },
  'store-unavailable': {
    status: 503,
    meaning: 'PostgreSQL cannot be started or reached.',
    next: 'Look into the log named in the message.',
    retryAfter: 5,
  },
  'store-full': {
    status: 503,
    meaning: 'The disk of PostgreSQL is full: nothing of this request was stored.',
    next: 'Make room on that disk; the console then goes on by itself.',
    retryAfter: 5,
  },
  'store-busy': {
    status: 503,
    meaning: 'PostgreSQL did not answer in the time that a request has.',
    next: 'Wait some seconds, then ask again; the Retry-After header says how many.',
    retryAfter: 5,
  },
  'state-unwritable': {
    status: 422,
    meaning: 'The folder in which the programs keep their data cannot be made or written.',
    next: 'Make it writable, or name another with SEAWALL_STATE.',
  },
  'output-unwritable': {
    status: 422,
    meaning: 'The output file cannot be written.',
    next: 'Choose another file with --output.',
  },
  'backup-key-wrong': {
    status: 422,
    meaning: 'The key of a backup cannot be used, or the backup was made with another one.',
    next: 'Name with --key-file the key that the backup was made with.',
  },
  'backup-damaged': {
    status: 422,
    meaning: 'The file is no backup, or not as it was written.',
    next: 'Use another backup; `seawall restore --check FILE` says whether one is whole.',
  },
  'restore-not-empty': {
    status: 409,
    meaning: 'There is data where a backup is to be restored.',
    next: 'Name an empty folder (SEAWALL_STATE) or database (SEAWALL_DATABASE_URL).',
  },
  'not-in-one-file': {
    status: 422,
    meaning: 'The command needs programs that the command line as one file does not hold.',
    next: 'Run it from the artefact that the message names.',
  },
  'needs-root': {
    status: 403,
    meaning: 'The command changes the host and works for root alone.',
    next: 'Run it again as root.',
  },
  'host-unseen': {
    status: 422,
    meaning: 'The program runs in a container that does not let it work as a part of the host.',
    next: 'Start the container as `docs/how-to/add-a-host.md` says.',
  },
  'gate-unsuitable': {
    status: 422,
    meaning: 'The gate cannot be put in place on this host as it was asked for.',
    next: 'Mend what the message names, then run the command again; `seawall gate remove` undoes what was done.',
  },
  'gate-changed': {
    status: 409,
    meaning: 'Something else has changed what the gate had put in place.',
    next: 'Look at what the message names, restore or delete it, and run the command again.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
