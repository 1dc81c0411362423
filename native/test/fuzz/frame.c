/* Does what arbitrary frames of an agent ask: each is a byte for its type, two for its length, then its payload. Maps of the
 * kernel are not there, so that no table gets into it and no policy is taken. */
#include <stdint.h>
#include <sys/eventfd.h>

#include "../../sensor/arming.h"
#include "../../sensor/server.h"
#include "../../sensor/table-work.h"
#include "stand-in.h"

#define FIRST_TYPE 60 /* before the agent's, and beyond them, stand types that are not known */
#define TYPES 20
#define CGROUP 7

static struct settings settings = { .epoch = 1, .events_per_second = 1 };
static struct kernel kernel;
static struct tables tables;
static struct policies policies;
static struct copies copies;
static struct outbox outbox;
static struct containers containers;
static struct guard_adapter adapter;
static struct server server = {
	.kernel = &kernel,
	.policies = &policies,
	.tables = &tables,
	.copies = &copies,
	.containers = &containers,
	.outbox = &outbox,
	.guard = &adapter,
};

static void start(void)
{
	struct engine_container engine = { .merged = "/merged", .image = "image" };
	struct container_value value = { .born = 1 };

	memset(&kernel, 0xff, offsetof(struct kernel, settings)); /* no maps */
	kernel.settings = &settings;
	if (!open_outbox(&outbox, &kernel, new_own_map()) ||
	    tables_open(&tables, &kernel, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)))
		abort();
	copies_open(&copies, &kernel);
	pthread_rwlock_init(&policies.lock, NULL);
	policies.kernel = &kernel;
	policies.tables = &tables;
	strcpy(policies.folder, "/dev/null");
	pthread_mutex_init(&containers.lock, NULL);
	containers.kernel = &kernel;
	containers.policies = &policies;
	containers.outbox = &outbox;
	adapter = (struct guard_adapter){
		.kernel = &kernel,
		.policies = &policies,
		.tables = &tables,
		.copies = &copies,
		.containers = &containers,
		.outbox = &outbox,
	};
	containers_take_in(&containers, CGROUP, &value, &engine);
	containers_armed(&containers, CGROUP, 0, false);
	tables.files = TABLES_FILES - 4096; /* tables of this size at most are made */
}

/* Takes what waits to be sent, as the server does. */
static void send_all(void)
{
	struct table_answer answer;
	char armed[ARMED_BYTES];
	struct outgoing out;
	uint32_t bytes;

	while (arming_next(&containers, armed, &bytes))
		if (bytes > ARMED_BYTES)
			abort();
	while (tables_answer(&tables, &answer))
		;
	while (mappings_next(&server.mappings, &out) || outbox_next(&outbox, &out))
		if (out.length > EVENT_BYTES)
			abort();
}

/* Does one frame; false when it is malformed. Its payload ends where the memory ends. */
static bool take(uint16_t type, const uint8_t *data, uint32_t length)
{
	const struct wire_header header = { .length = length, .type = type };
	char *payload = malloc(length + !length), *reply = malloc(REPLY_BYTES);
	uint32_t bytes = 0;
	int answered;

	memcpy(payload, data, length);
	answered = frame_done(&server, &header, payload, reply, &bytes);
	if (answered < 0 ? !memchr(reply, '\0', REPLY_BYTES) : bytes > REPLY_BYTES || !answered != !bytes)
		abort();
	free(payload);
	free(reply);
	return answered >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_loss loss = { .cgroup = CGROUP, .count = 1 };

	if (!policies.kernel)
		start();
	outbox_push(&outbox, WIRE_LOSS, &loss, sizeof(loss));
	while (size >= 3) {
		uint32_t length = data[1] | data[2] << 8;
		uint16_t type = FIRST_TYPE + data[0] % TYPES;

		data += 3, size -= 3;
		if (length > size)
			length = size;
		if (!take(type, data, length))
			break;
		send_all();
		data += length, size -= length;
	}
	now += 31000000000ULL;
	tables_tick(&tables, policies_name_table, &policies);
	outbox_rewind(&outbox);
	send_all();
	outbox_acknowledge(&outbox, settings.sequence);
	containers.assigned_count = containers.assigned_next = 0;
	return 0;
}
