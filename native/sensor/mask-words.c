#include "mask-words.h"

#include <ctype.h>
#include <string.h>

#define NAME_SIZE 64

static const char *const secret_words[] = {
	"password",      "passwd",    "passphrase", "passwort",   "pwd",        "secret",
	"token",         "apikey",    "accesskey",  "privatekey", "credential", "authkey",
	"encryptionkey", "masterkey", "signingkey", "storagekey", "accountkey", "bearer",
};

/* A name that ends so does not have the secret as its value. */
static const char *const harmless_ends[] = {
	"file",   "path",   "stdin",  "env", "name",  "prompt", "ttl",       "expiry",  "url",     "uri", "type",
	"policy", "length", "tokens", "dir", "store", "count",  "tokenizer", "enabled", "manager", "arn",
};

static const char *const harmless_names[] = { "pwd", "oldpwd" };

static const char *const header_names[] = {
	"authorization", "proxyauthorization", "cookie", "setcookie", "xauthtoken", "xapikey", "xvaulttoken",
};

static const char *const weak_words[] = { "key",  "sig",     "auth",  "cert", "hash",
					  "salt", "session", "nonce", "code", "pin" };

static bool contains(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (size_t at = 0; at + size <= length; at++)
		if (memcmp(text + at, word, size) == 0)
			return true;
	return false;
}

static bool ends(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	return size <= length && memcmp(text + length - size, word, size) == 0;
}

static bool equals(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* Lower case, without what joins words; of a long name its end. */
static size_t plain_name(char *plain, const char *name, size_t length)
{
	size_t size = 0;
	size_t first = length > NAME_SIZE ? length - NAME_SIZE : 0;

	for (size_t at = first; at < length; at++)
		if (isalnum((unsigned char)name[at]))
			plain[size++] = (char)tolower((unsigned char)name[at]);
	return size;
}

#define ANY(table, test)                                                 \
	for (size_t at = 0; at < sizeof(table) / sizeof(*(table)); at++) \
		if (test(plain, size, (table)[at]))

enum mask_key mask_key_of(const char *name, size_t length)
{
	char plain[NAME_SIZE];
	size_t size = plain_name(plain, name, length);

	ANY(header_names, equals)
	return MASK_KEY_HEADER;
	ANY(harmless_names, equals)
	return MASK_KEY_NONE;
	ANY(harmless_ends, ends)
	return MASK_KEY_NONE;
	ANY(secret_words, contains)
	return MASK_KEY_SECRET;
	if (ends(plain, size, "pass") || ends(plain, size, "passin") || ends(plain, size, "passout") ||
	    ends(plain, size, "pw"))
		return MASK_KEY_SECRET;
	ANY(weak_words, contains)
	return MASK_KEY_WEAK;
	return MASK_KEY_NONE;
}

static const struct {
	const char *prefix;
	size_t least; /* length of the whole */
} token_forms[] = {
	{ "AKIA", 20 },        { "ASIA", 20 },     { "ABIA", 20 },
	{ "ACCA", 20 },        { "ghp_", 20 },     { "gho_", 20 },
	{ "ghu_", 20 },        { "ghs_", 20 },     { "ghr_", 20 },
	{ "github_pat_", 30 }, { "glpat-", 20 },   { "gldt-", 20 },
	{ "glrt-", 20 },       { "glcbt-", 20 },   { "glptt-", 20 },
	{ "xoxb-", 20 },       { "xoxp-", 20 },    { "xoxa-", 20 },
	{ "xoxr-", 20 },       { "xoxs-", 20 },    { "xoxe.", 20 },
	{ "xoxe-", 20 },       { "xapp-", 20 },    { "AIza", 35 },
	{ "ya29.", 24 },       { "GOCSPX-", 24 },  { "npm_", 36 },
	{ "pypi-", 40 },       { "sk-", 24 },      { "sk_live_", 20 },
	{ "sk_test_", 20 },    { "rk_live_", 20 }, { "whsec_", 24 },
	{ "hf_", 30 },         { "dop_v1_", 40 },  { "dckr_pat_", 24 },
	{ "hvs.", 24 },        { "hvb.", 24 },     { "SG.", 40 },
	{ "shpat_", 32 },      { "eyJ", 32 },      { "AGE-SECRET-KEY-", 40 },
	{ "tskey-", 24 },      { "lin_api_", 24 }, { "glsa_", 32 },
};

bool mask_is_token(const char *text, size_t length)
{
	for (size_t at = 0; at < sizeof(token_forms) / sizeof(*token_forms); at++) {
		size_t size = strlen(token_forms[at].prefix);

		if (length >= token_forms[at].least && memcmp(text, token_forms[at].prefix, size) == 0)
			return true;
	}
	return false;
}

/* Options of one program stand together. */
static const struct mask_option options[] = {
	{ "mysql", "-p", MASK_WHOLE, true, false },
	{ "mysqldump", "-p", MASK_WHOLE, true, false },
	{ "mysqladmin", "-p", MASK_WHOLE, true, false },
	{ "mysqlimport", "-p", MASK_WHOLE, true, false },
	{ "mysqlcheck", "-p", MASK_WHOLE, true, false },
	{ "mysqlshow", "-p", MASK_WHOLE, true, false },
	{ "mariadb", "-p", MASK_WHOLE, true, false },
	{ "mariadb-dump", "-p", MASK_WHOLE, true, false },
	{ "mariadb-admin", "-p", MASK_WHOLE, true, false },
	{ "mongo", "-p", MASK_WHOLE, true, true },
	{ "mongosh", "-p", MASK_WHOLE, true, true },
	{ "mongodump", "-p", MASK_WHOLE, true, true },
	{ "sshpass", "-p", MASK_WHOLE, true, true },
	{ "redis-cli", "-a", MASK_WHOLE, false, true },
	{ "valkey-cli", "-a", MASK_WHOLE, false, true },
	{ "login", "-p", MASK_WHOLE, true, true },
	{ "ldapsearch", "-w", MASK_WHOLE, true, true },
	{ "ldapmodify", "-w", MASK_WHOLE, true, true },
	{ "ldapadd", "-w", MASK_WHOLE, true, true },
	{ "sqlcmd", "-P", MASK_WHOLE, true, true },
	{ "isql", "-P", MASK_WHOLE, true, true },
	{ "bcp", "-P", MASK_WHOLE, true, true },
	{ "zip", "-P", MASK_WHOLE, true, true },
	{ "unzip", "-P", MASK_WHOLE, true, true },
	{ "7z", "-p", MASK_WHOLE, true, false },
	{ "7za", "-p", MASK_WHOLE, true, false },
	{ "curl", "-u", MASK_AFTER_COLON, true, true },
	{ "curl", "--user", MASK_AFTER_COLON, false, true },
	{ "curl", "-U", MASK_AFTER_COLON, true, true },
	{ "curl", "--proxy-user", MASK_AFTER_COLON, false, true },
	{ "curl", "-b", MASK_WHOLE, true, true },
	{ "curl", "--cookie", MASK_WHOLE, false, true },
	{ "http", "-a", MASK_AFTER_COLON, true, true },
	{ "https", "-a", MASK_AFTER_COLON, true, true },
	{ "ab", "-A", MASK_AFTER_COLON, true, true },
	{ "smbclient", "-U", MASK_AFTER_PERCENT, true, true },
	{ "rpcclient", "-U", MASK_AFTER_PERCENT, true, true },
	{ "impacket-psexec", "-hashes", MASK_WHOLE, false, true },
	{ "openssl", "-k", MASK_WHOLE, false, true },
	{ "openssl", "-K", MASK_WHOLE, false, true },
	{ "ipmitool", "-P", MASK_WHOLE, true, true },
	{ "snmpwalk", "-c", MASK_WHOLE, true, true },
	{ "snmpget", "-c", MASK_WHOLE, true, true },
	{ "keytool", "-storepass", MASK_WHOLE, false, true },
	{ "keytool", "-keypass", MASK_WHOLE, false, true },
	{ "", "", MASK_NOTHING, false, false }, /* ends the last program's */
};

const struct mask_option *mask_options_of(const char *name, size_t length)
{
	for (size_t at = 0; at < sizeof(options) / sizeof(*options) - 1; at++)
		if (equals(name, length, options[at].program))
			return &options[at];
	return NULL;
}
