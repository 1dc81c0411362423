/* Frames that are no policy or no table, each for one reason, and the search of what is sound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sensor/policy.h"
#include "../sensor/table-frame.h"

#define ROOM 4096
#define FOLDERS (8 + 2 + 5 + 8 + 2 + 4) /* bytes of those of a sound frame */

static int failures, cases;

/* A frame as it is written: one image, tools, edges and digests out of order, and two folders. */
struct frame {
	struct wire_policy head;
	char rest[ROOM];
	size_t bytes;
};

static void append(struct frame *frame, const void *from, size_t bytes)
{
	memcpy((char *)frame + frame->bytes, from, bytes);
	frame->bytes += bytes;
}

static struct frame sound(void)
{
	static const struct wire_policy_tool tools[] = { { 9 }, { 4 } };
	static const struct wire_policy_edge edges[] = { { 7, 5, 9 }, { 7, 3, 4 }, { 2, 0, 0 } };
	struct wire_policy_digest digests[] = { { { 8 } }, { { 1 } } };
	static const struct wire_policy_folder folders[] = { { 7 }, { 5 } };
	const uint16_t length = 5, shorter = 4;
	struct frame frame = {
		.head = { .policy = 1,
			  .version = 2,
			  .flags = WIRE_POLICY_TABLED | WIRE_POLICY_MODELLED | WIRE_POLICY_SKIP_EXEC_SESSIONS,
			  .drift_effect = 2,
			  .code_effect = 2,
			  .model_effect = 2,
			  .tool_effect = 2,
			  .table = 3,
			  .images = 1,
			  .tools = 2,
			  .edges = 3,
			  .digests = 2,
			  .folders = 2 },
		.bytes = sizeof(struct wire_policy),
	};

	append(&frame, &length, sizeof(length));
	append(&frame, "image", length);
	append(&frame, tools, sizeof(tools));
	append(&frame, edges, sizeof(edges));
	append(&frame, digests, sizeof(digests));
	append(&frame, &folders[0], sizeof(folders[0]));
	append(&frame, &length, sizeof(length));
	append(&frame, "/work", length);
	append(&frame, &folders[1], sizeof(folders[1]));
	append(&frame, &shorter, sizeof(shorter));
	append(&frame, "/tmp", shorter);
	return frame;
}

static void check(const char *name, bool holds, const char *said)
{
	cases++;
	if (holds)
		return;
	failures++;
	printf("%s: %s\n", name, said ? said : "taken");
}

/* Read from memory of exactly its length, so that an address sanitizer sees what lies beyond. */
static void expect(const char *name, const struct frame *frame, const char *reason)
{
	const char *said = NULL;
	char *bytes = malloc(frame->bytes + !frame->bytes);
	struct policy *policy;

	memcpy(bytes, frame, frame->bytes);
	policy = policy_parse(bytes, frame->bytes, &said);
	check(name, reason ? !policy && said && !strcmp(said, reason) : policy && !said, said);
	free(policy);
	free(bytes);
}

static void try_heads(void)
{
	static const char effect[] = "an effect is not known", flag[] = "a flag is not known";
	static const char room[] = "it has more tools and edges than the kernel has room for";
	struct frame frame = sound();

	expect("sound", &frame, NULL);
	frame = sound(), frame.head.drift_effect = 3, expect("drift effect", &frame, effect);
	frame = sound(), frame.head.code_effect = 3, expect("code effect", &frame, effect);
	frame = sound(), frame.head.model_effect = 3, expect("model effect", &frame, effect);
	frame = sound(), frame.head.tool_effect = 3, expect("tool effect", &frame, effect);
	frame = sound(), frame.head.flags = 8, expect("flag", &frame, flag);
	frame = sound(), frame.head.flags = 1u << 31, expect("last flag", &frame, flag);
	frame = sound(), frame.head.table = 0, expect("no table", &frame, "it counts on a table and names none");
	frame = sound(), frame.head.table = 0, frame.head.flags = 0, expect("no table, not tabled", &frame, NULL);
	frame = sound(), frame.head.edges = MAX_EDGES - 1, expect("edges and tools", &frame, room);
	frame = sound(), frame.head.edges = MAX_EDGES - 2;
	expect("as many edges as may be", &frame, "its counts do not add up to its length");
	frame = sound(), frame.head.edges = UINT32_MAX, expect("edges beyond a number", &frame, room);
	frame = sound(), frame.head.tools = UINT32_MAX, expect("tools beyond a number", &frame, room);
}

static void try_lengths(void)
{
	static const char length[] = "its counts do not add up to its length";
	struct frame frame = sound();
	size_t bytes;

	for (bytes = 0; bytes < sound().bytes; bytes++) {
		frame = sound();
		frame.bytes = bytes;
		expect("cut off", &frame, bytes < sizeof(struct wire_policy) ? "the frame is no policy" : length);
	}
	frame = sound(), frame.bytes++, expect("one byte more", &frame, length);
	frame = sound(), frame.head.tools++, expect("a tool more", &frame, length);
	frame = sound(), frame.head.tools--, expect("a tool less", &frame, length);
	frame = sound(), frame.head.edges++, expect("an edge more", &frame, length);
	frame = sound(), frame.head.edges--, expect("an edge less", &frame, length);
	frame = sound(), frame.head.digests++, expect("a digest more", &frame, length);
	frame = sound(), frame.head.digests--, expect("a digest less", &frame, length);
	frame = sound(), frame.head.folders++, expect("a folder more", &frame, length);
	frame = sound(), frame.head.folders--, expect("a folder less", &frame, length);
	frame = sound(), frame.head.folders = UINT32_MAX, expect("folders beyond a number", &frame, length);
	frame = sound(), frame.head.digests = UINT32_MAX, expect("digests beyond a number", &frame, length);
	frame = sound(), frame.head.images++, expect("an image more", &frame, length);
	frame = sound(), frame.head.images--, expect("an image less", &frame, length);
	frame = sound(), frame.head.images = UINT32_MAX, expect("images beyond a number", &frame, length);
	frame = sound(), frame.rest[0] = -1, expect("an image's name longer than all", &frame, length);
	frame = sound(), frame.head.tools = frame.head.edges = frame.head.digests = frame.head.folders = 0;
	frame.bytes = sizeof(frame.head) + 7, expect("a name and nothing behind it", &frame, NULL);
	frame.rest[0] = 6, expect("a name longer than what is left", &frame, length);
	frame.rest[0] = 0, frame.bytes = sizeof(frame.head) + 2;
	expect("an empty name at the end", &frame, "the name of an image or folder is empty");
	/* The name ends where the frame does: what follows is not the next one's length. */
	frame = sound(), frame.head.tools = frame.head.edges = frame.head.digests = frame.head.folders = 0,
	frame.head.images = 2;
	frame.bytes = sizeof(frame.head) + 7 + 1, expect("half a length", &frame, length);
}

static void try_contents(void)
{
	struct frame frame = sound();
	uint64_t none = TOOL_CALLER;

	memcpy(frame.rest + 7 + 2 * 8 + 8, &none, sizeof(none));
	expect("a caller that is none", &frame, "a caller is no inode");
	frame = sound();
	frame.head.images = 2;
	memmove(frame.rest + 2, frame.rest, frame.bytes - sizeof(frame.head));
	memset(frame.rest, 0, 2);
	frame.bytes += 2;
	expect("an empty name", &frame, "the name of an image or folder is empty");
}

/* What lies behind an array is none of it. */
static void try_borders(void)
{
	static const char like_a_name[8] = "\5\0abcde"; /* a tool */
	struct frame frame = sound();
	struct policy *policy;
	const char *said;

	memset((char *)&frame + frame.bytes - 64 - FOLDERS, 0xff, 64);
	expect("digests of ones are no edge", &frame, NULL);
	frame = sound(), frame.rest[frame.bytes - sizeof(frame.head) - 4 - 2] = 0, frame.bytes -= 4;
	expect("an empty folder", &frame, "the name of an image or folder is empty");
	frame = sound();
	frame.head.tools = 1, frame.head.edges = frame.head.digests = frame.head.folders = 0,
	frame.bytes = sizeof(frame.head) + 7;
	append(&frame, like_a_name, sizeof(like_a_name));
	policy = policy_parse((const char *)&frame, frame.bytes, &said);
	check("a tool is no name", policy && !policy_names(policy, "abcde"), said);
	free(policy);
}

static void try_search(void)
{
	struct frame frame = sound();
	const char *said;
	struct policy *policy = policy_parse((const char *)&frame, frame.bytes, &said);
	const uint8_t digests[][32] = { { 1 }, { 8 }, { 2 } };

	check("names its image", policy_names(policy, "image"), NULL);
	check("no other",
	      !policy_names(policy, "imag") && !policy_names(policy, "images") && !policy_names(policy, "imagf"), NULL);
	check("tools", policy_is_tool(policy, 4) && policy_is_tool(policy, 9), NULL);
	check("no tools", !policy_is_tool(policy, 7) && !policy_is_tool(policy, 0) && !policy_is_tool(policy, 10),
	      NULL);
	check("edges", policy_has_edge(policy, 2, 0) && policy_has_edge(policy, 7, 3) && policy_has_edge(policy, 7, 5),
	      NULL);
	check("no edges",
	      !policy_has_edge(policy, 7, 0) && !policy_has_edge(policy, 2, 3) && !policy_has_edge(policy, 3, 7) &&
		      !policy_has_edge(policy, 7, 4) && !policy_has_edge(policy, 4, TOOL_CALLER),
	      NULL);
	check("digests", policy_has_digest(policy, digests[0]) && policy_has_digest(policy, digests[1]), NULL);
	check("folders", policy_has_folder(policy, 7, "/work/a.so") && policy_has_folder(policy, 5, "/tmp/a.so"), NULL);
	check("no folders",
	      !policy_has_folder(policy, 5, "/work/a.so") && !policy_has_folder(policy, 7, "/work/b/a.so") &&
		      !policy_has_folder(policy, 7, "/worka.so") && !policy_has_folder(policy, 7, "/wor/a.so") &&
		      !policy_has_folder(policy, 7, "") && !policy_has_folder(policy, 0, "/work/a.so"),
	      NULL);
	check("no digest", !policy_has_digest(policy, digests[2]), NULL);
	free(policy);
}

/* ---- Tables */

struct rows {
	struct wire_table head;
	struct wire_table_row rows[4];
};

static struct rows sound_rows(void)
{
	return (struct rows){
		.head = { .table = 1, .device = 2, .files = 9, .first = 5, .count = 4 },
		.rows = { { .inode = 1, .flags = 7 },
			  { .inode = 2, .flags = WIRE_FILE_APPLETS, .own_name = 5 },
			  { .inode = 5 },
			  { .inode = UINT64_MAX } },
	};
}

static void expect_rows(const char *name, const struct rows *rows, size_t bytes, const char *reason)
{
	struct wire_table head;
	char *copy = malloc(bytes + !bytes);
	const char *said;

	memcpy(copy, rows, bytes < sizeof(*rows) ? bytes : sizeof(*rows));
	said = table_frame_problem(copy, bytes, &head);
	check(name, reason ? said && !strcmp(said, reason) : !said, said);
	free(copy);
}

static void try_tables(void)
{
	static const char length[] = "its count does not add up to the frame's length",
			  place[] = "a frame of it lies outside of the table";
	static const char size[] = "a table has at least one file and fewer than 4,194,304",
			  order[] = "its rows are not sorted by inode";
	const size_t bytes = sizeof(struct rows);
	struct rows rows = sound_rows();

	expect_rows("sound", &rows, bytes, NULL);
	expect_rows("shorter than its head", &rows, sizeof(rows.head) - 1, "the frame is no table");
	expect_rows("a byte less", &rows, bytes - 1, length);
	expect_rows("a byte more", &rows, bytes + 1, length);
	expect_rows("too long", &rows, WIRE_TABLE_FRAME + 1, "a frame of it is too long");
	expect_rows("as long as may be", &rows, WIRE_TABLE_FRAME, length);
	rows = sound_rows(), rows.head.count = 3, expect_rows("a row more than counted", &rows, bytes, length);
	rows = sound_rows(), rows.head.count = 1u << 27,
	expect_rows("count beyond a number", &rows, sizeof(rows.head), length);
	rows = sound_rows(), rows.head.table = 0, expect_rows("number 0", &rows, bytes, "tables are numbered from 1");
	rows = sound_rows(), rows.head.files = 0, expect_rows("no files", &rows, bytes, size);
	rows = sound_rows(), rows.head.files = 1u << TABLE_FILES_BITS,
	expect_rows("too many files", &rows, bytes, size);
	rows = sound_rows(), rows.head.files = (1u << TABLE_FILES_BITS) - 1,
	expect_rows("as many as may be", &rows, bytes, NULL);
	rows = sound_rows(), rows.head.count = 0, expect_rows("no rows", &rows, sizeof(rows.head), place);
	rows = sound_rows(), rows.head.files = 3, expect_rows("more rows than files", &rows, bytes, place);
	rows = sound_rows(), rows.head.files = 4, rows.head.first = 0, expect_rows("all at once", &rows, bytes, NULL);
	rows = sound_rows(), rows.head.first = 6, expect_rows("beyond the table", &rows, bytes, place);
	rows = sound_rows(), rows.head.first = UINT32_MAX, expect_rows("first beyond a number", &rows, bytes, place);
	rows = sound_rows(), rows.rows[1].inode = 1, expect_rows("an inode twice", &rows, bytes, order);
	rows = sound_rows(), rows.rows[2].inode = 1, expect_rows("not sorted", &rows, bytes, order);
	rows = sound_rows(), rows.rows[0].inode = 0, expect_rows("no inode", &rows, bytes, order);
	rows = sound_rows(), rows.rows[3].flags = WIRE_FILE_TOOL,
	expect_rows("flag", &rows, bytes, "a row has a flag that is not known");
}

/* Each inode of tables of each length is found, and none between them. */
static void try_find(void)
{
	struct table_row rows[40] = {};
	uint32_t files, i;

	for (i = 1; i < 40; i++)
		rows[i].file.inode = 10 * i;
	for (files = 1; files < 39; files++) {
		bool right = true;

		rows[0].head.files = files;
		for (i = 1; i < 39; i++)
			right &= table_find(rows, 10 * i) == (i <= files ? &rows[i] : NULL) &&
				 !table_find(rows, 10 * i + 1);
		check("search", right && !table_find(rows, 0) && !table_find(rows, UINT64_MAX), NULL);
	}
}

int main(void)
{
	try_heads();
	try_lengths();
	try_contents();
	try_search();
	try_borders();
	try_tables();
	try_find();
	printf("%d frames\n", cases);
	return failures > 0;
}
