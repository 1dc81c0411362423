/* What the policies say to the guard. */
#include <string.h>

#include <bpf/bpf.h>

#include "guard-policy.h"
#include "guard/process.h"

bool process_known(const struct kernel *kernel, uint32_t pid, struct process_key *key, struct process *process)
{
	*key = (struct process_key){ .tgid = pid };
	return !bpf_map_lookup_elem(kernel->starts, &pid, &key->start) &&
	       !bpf_map_lookup_elem(kernel->processes, key, process);
}

static uint8_t verdict_of(uint8_t effect)
{
	switch (effect) {
	case WIRE_EFFECT_PREVENT:
		return WIRE_REFUSED;
	case WIRE_EFFECT_ALERT:
		return WIRE_ALERTED;
	default:
		return WIRE_OBSERVED;
	}
}

static uint8_t table_of(struct guard_adapter *adapter, const struct policy *policy, const struct wire_file *file,
			uint32_t *flags)
{
	if (policy_is_tool(policy, file->inode))
		*flags |= WIRE_FILE_TOOL;
	return tables_look(adapter->tables, policy->head.table, file, flags);
}

/* Finds the image's own file that a copy has the content of. What was found out now is kept for the kernel's programs, where
 * each change of the copy shows in its times. `kept`: whether they know it. */
static bool find_image(struct guard_adapter *adapter, uint64_t cgroup, const struct wire_file *file,
		       const struct guard_copy *copy, struct wire_file *image, bool *kept)
{
	*kept = copies_image(adapter->copies, cgroup, file, image);
	if (*kept)
		return true;
	if (!copy->known || !copy->same)
		return false;
	*image = copy->image;
	*kept = copy->lasting && copies_add_image(adapter->copies, cgroup, file, image);
	return true;
}

/* From here on a copy is the image's file, with all that table and model say of it. */
static void see_exec(struct guard_adapter *adapter, struct guard_exec *exec)
{
	struct wire_file image;
	bool kept;

	if (exec->origin != WIRE_ORIGIN_UPPER ||
	    !find_image(adapter, exec->cgroup, &exec->file, &exec->copy, &image, &kept))
		return;
	if (exec->role != GUARD_LOADER) /* its program has the thread's ticket */
		kept |= copies_ticket(adapter->copies, exec->caller.thread, &exec->file, &image);
	if (!kept)
		return;
	exec->file = image;
	exec->origin = WIRE_ORIGIN_IMAGE;
}

/* A library is mapped later, which the kernel's programs judge by what they know. */
static void see_code(struct guard_adapter *adapter, struct guard_code *code)
{
	struct wire_file image;
	bool kept;

	if (code->origin != WIRE_ORIGIN_UPPER ||
	    !find_image(adapter, code->cgroup, &code->file, &code->copy, &image, &kept) ||
	    (code->kind == WIRE_CODE_LIBRARY && !kept))
		return;
	code->file = image;
	code->origin = WIRE_ORIGIN_IMAGE;
}

void see_known_copy(struct guard_adapter *adapter, uint64_t cgroup, struct wire_file *file, uint8_t *origin)
{
	struct wire_file image;

	if (*origin != WIRE_ORIGIN_UPPER || !copies_image(adapter->copies, cgroup, file, &image))
		return;
	*file = image;
	*origin = WIRE_ORIGIN_IMAGE;
}

/* Lets the programs in the kernel know that this content is allowed: this thread may start it, and the container has it, as
 * long as its times show that it is the same. */
static bool let_start(struct guard_adapter *adapter, const struct guard_exec *question,
		      const struct guard_digest *digest)
{
	bool known = digest->lasting && copies_add(adapter->copies, question->cgroup, &question->file, digest->sha256);

	if (question->role == GUARD_LOADER) /* its program has the thread's ticket */
		return known;
	return copies_ticket(adapter->copies, question->caller.thread, &question->file, NULL) || known;
}

/* Digest of the file as far as the guard's hasher has it, or as it was when its container's copies took it in. */
static bool is_allowed(struct guard_adapter *adapter, const struct policy *policy, uint64_t cgroup,
		       const struct wire_file *file, struct guard_digest *digest)
{
	if (!policy->head.digests)
		return false;
	if (!digest->known)
		digest->known = copies_digest(adapter->copies, cgroup, file, digest);
	return digest->known && policy_has_digest(policy, digest->sha256);
}

/* Once its program is kept, the image's loader is asked about alone and looks like a main program; only the kernel's
 * programs know whether it is one, and they refuse it then.
 */
static bool is_main(const struct guard_exec *question, uint32_t file_flags)
{
	return (question->role == GUARD_MAIN || question->role == GUARD_INTERPRETER) &&
	       !(file_flags & WIRE_FILE_LOADER);
}

/* The caller as the kernel's programs recorded it, else as /proc says. */
static void ask_caller(const struct guard_adapter *adapter, const struct guard_process *caller, struct process *process)
{
	struct process_key key;

	if (process_known(adapter->kernel, caller->pid, &key, process))
		return;
	memset(process, 0, sizeof(*process));
	process->origin = caller->origin;
	process->exe = caller->file;
	process->session = WIRE_SESSION_ENTRY;
}

static bool has_edge(const struct policy *policy, const struct wire_file *file, const struct process *caller)
{
	if (caller->origin != WIRE_ORIGIN_IMAGE && caller->origin != WIRE_ORIGIN_HOST)
		return false;
	return policy_has_edge(policy, file->inode, caller->origin == WIRE_ORIGIN_HOST ? 0 : caller->exe.inode);
}

/* `shared`: the policy is that of the image, for containers of any entrypoint. */
static void ask_exec(struct guard_adapter *adapter, const struct policy *policy, const struct guard_exec *question,
		     bool shared, struct guard_answer *answer)
{
	struct decide_question asked = {
		.policy_flags = policy->head.flags,
		.drift_effect = policy->head.drift_effect,
		.model_effect = policy->head.model_effect,
		.origin = question->origin,
	};
	struct guard_digest digest = question->digest;
	struct decide_answer said;
	struct process caller;
	bool main;

	asked.table = table_of(adapter, policy, &question->file, &asked.file_flags);
	main = is_main(question, asked.file_flags);
	asked.file_flags &= ~WIRE_FILE_LOADER;
	if (question->origin != WIRE_ORIGIN_IMAGE)
		asked.allowed = is_allowed(adapter, policy, question->cgroup, &question->file, &digest) &&
				let_start(adapter, question, &digest);
	if (main) {
		ask_caller(adapter, &question->caller, &caller);
		asked.session = caller.session;
		asked.edge = has_edge(policy, &question->file, &caller) ? EDGE_WHOLE : EDGE_NONE; /* of some applet */
		asked.first = caller.origin == WIRE_ORIGIN_HOST;
		asked.shared = shared;
		asked.tool_effect = policy->head.tool_effect;
	} else { /* opened beside the program that is judged: what is the image's may */
		asked.policy_flags &= ~WIRE_POLICY_MODELLED;
		asked.file_flags &= ~WIRE_FILE_TOOL;
	}
	said = decide(&asked);
	if (said.reason == WIRE_REASON_DRIFT && question->origin == WIRE_ORIGIN_UPPER)
		answer->flags |= GUARD_ANSWER_BY_COPY;
	if (!said.reason || said.effect == WIRE_EFFECT_IGNORE) {
		if (question->origin == WIRE_ORIGIN_IMAGE && !(asked.policy_flags & WIRE_POLICY_MODELLED) &&
		    !(asked.file_flags & WIRE_FILE_TOOL))
			answer->flags |= GUARD_ANSWER_KEEP;
		return;
	}
	answer->verdict = verdict_of(said.effect);
	answer->reason = said.reason;
	if (said.reason == WIRE_REASON_DRIFT && policy->head.digests && !digest.known)
		answer->flags |= GUARD_ANSWER_BY_DIGEST;
	/* What is only reported is reported by the kernel's programs, which know the arguments too. */
	if (answer->verdict == WIRE_ALERTED && main && (adapter->kernel->features & WIRE_FEATURE_EXEC_RECORD))
		answer->verdict = WIRE_OBSERVED;
}

/* Finds the policy of a container under the policies' read lock; NULL without it when nothing judges it. `value` gets what
 * the kernel has of the container. */
static const struct policy *policy_of(struct guard_adapter *adapter, uint64_t cgroup, struct guard_answer *answer,
				      struct container_value *value)
{
	const struct policy *policy;

	if (!containers_policy(adapter->containers, cgroup, value) || value->unjudged)
		return NULL;
	policies_read(adapter->policies);
	policy = policies_find(adapter->policies, value->policy);
	if (!policy) {
		policies_done(adapter->policies);
		return NULL;
	}
	answer->policy = value->policy;
	answer->version = policy->head.version;
	return policy;
}

int knows_exec(void *context, uint64_t cgroup, const struct wire_file *file, uint32_t thread)
{
	const uint32_t whole = WIRE_POLICY_TABLED | WIRE_POLICY_MODELLED;
	struct guard_adapter *adapter = context;
	struct guard_answer unused = {};
	struct container_value container;
	const struct policy *policy = policy_of(adapter, cgroup, &unused, &container);
	struct process caller;
	struct process_key key;
	uint32_t flags = 0;
	struct wire_file image;
	bool known;

	if (!policy)
		return 0;
	if (copies_image(adapter->copies, cgroup, file, &image) && copies_ticket(adapter->copies, thread, file, &image))
		file = &image;
	known = (policy->head.flags & whole) == whole && table_of(adapter, policy, file, &flags) == DECIDE_SAME &&
		!(flags & WIRE_FILE_LOADER) && process_known(adapter->kernel, thread, &key, &caller) &&
		caller.cgroup == cgroup && has_edge(policy, file, &caller);
	policies_done(adapter->policies);
	return known;
}

void judge_exec(void *context, const struct guard_exec *question, struct guard_answer *answer)
{
	struct guard_adapter *adapter = context;
	struct container_value container;
	const struct policy *policy = policy_of(adapter, question->cgroup, answer, &container);
	struct guard_exec asked = *question;

	if (!policy) { /* until there is one, and the guard forgets what it keeps */
		answer->flags |= question->origin == WIRE_ORIGIN_IMAGE ? GUARD_ANSWER_KEEP : 0;
		return;
	}
	see_exec(adapter, &asked);
	ask_exec(adapter, policy, &asked, !container.assigned, answer);
	if (question->origin != WIRE_ORIGIN_IMAGE)
		answer->flags &= ~GUARD_ANSWER_KEEP;
	policies_done(adapter->policies);
}

/* Mappings are judged in the kernel too, which refuses or kills what gets past the guard, and reports it. */
static bool judges_mappings(const struct guard_adapter *adapter)
{
	return (adapter->kernel->features & (WIRE_FEATURE_CODE_LSM | WIRE_FEATURE_CODE_KILL)) != 0;
}

static bool is_in_folder(const struct policy *policy, const struct guard_code *question)
{
	return question->opener.origin == WIRE_ORIGIN_IMAGE &&
	       policy_has_folder(policy, question->opener.file.inode, question->path);
}

/* Code that is allowed by its content, or by its folder and who opens it; what is no library also where the opener's own
 * program wrote it. Machine code proves nothing by who wrote it: a server that is broken into writes too. What may be mapped
 * later is judged by the kernel then, which must know it. */
static bool let_code(struct guard_adapter *adapter, const struct policy *policy, const struct guard_code *question,
		     struct guard_digest *digest)
{
	bool library = question->kind == WIRE_CODE_LIBRARY;
	bool own = (question->flags & (GUARD_CODE_SAME_PROGRAM | GUARD_CODE_DERIVED)) != 0;
	bool known = is_in_folder(policy, question);

	if (!library && (own || known))
		return true;
	if (!known && !is_allowed(adapter, policy, question->cgroup, &question->file, digest))
		return false;
	if (!library)
		return true;
	return (known || digest->lasting) &&
	       copies_add(adapter->copies, question->cgroup, &question->file, digest->sha256);
}

static void ask_code(struct guard_adapter *adapter, const struct policy *policy, const struct guard_code *question,
		     struct guard_answer *answer)
{
	struct decide_question asked = {
		.policy_flags = policy->head.flags,
		.code_effect = policy->head.code_effect,
		.origin = question->origin,
	};
	struct guard_digest digest = question->digest;
	uint32_t flags = 0;
	struct decide_answer said;

	if (question->origin == WIRE_ORIGIN_IMAGE)
		asked.table = table_of(adapter, policy, &question->file, &flags);
	else
		asked.allowed = let_code(adapter, policy, question, &digest);
	said = decide_code(&asked);
	if (said.reason == WIRE_REASON_CODE && question->origin == WIRE_ORIGIN_UPPER)
		answer->flags |= GUARD_ANSWER_BY_COPY;
	if (!said.reason && question->origin == WIRE_ORIGIN_IMAGE)
		answer->flags |= GUARD_ANSWER_KEEP;
	if (!said.reason || said.effect == WIRE_EFFECT_IGNORE)
		return;
	answer->reason = said.reason;
	answer->verdict = verdict_of(said.effect);
	if (policy->head.digests && !digest.known)
		answer->flags |= GUARD_ANSWER_BY_DIGEST;
	/* What is only reported is reported by the kernel's programs when it is mapped. */
	if (answer->verdict == WIRE_ALERTED && question->kind == WIRE_CODE_LIBRARY && judges_mappings(adapter))
		answer->verdict = WIRE_OBSERVED;
}

void judge_code(void *context, const struct guard_code *question, struct guard_answer *answer)
{
	struct guard_adapter *adapter = context;
	struct container_value container;
	const struct policy *policy = policy_of(adapter, question->cgroup, answer, &container);
	struct guard_code asked = *question;

	if (!policy)
		return;
	see_code(adapter, &asked);
	ask_code(adapter, policy, &asked, answer);
	if (question->origin != WIRE_ORIGIN_IMAGE)
		answer->flags &= ~GUARD_ANSWER_KEEP;
	policies_done(adapter->policies);
}

uint64_t container_of_thread(void *context, uint32_t thread)
{
	const struct guard_adapter *adapter = context;
	struct process_key key;
	struct process process;

	return process_known(adapter->kernel, process_of(thread), &key, &process) ? process.cgroup : 0;
}

int program_of_thread(void *context, uint32_t thread, struct guard_program *program)
{
	const struct guard_adapter *adapter = context;
	struct process_key key;
	struct process process;

	if (!process_known(adapter->kernel, process_of(thread), &key, &process) || process.length == 0)
		return 0;
	memcpy(program->path, process.path, process.length);
	program->path[process.length < PATH_BYTES ? process.length : PATH_BYTES - 1] = '\0';
	program->file = process.exe;
	program->origin = process.origin;
	program->session = process.session;
	return 1;
}

int runs_code(void *context, uint64_t cgroup, const struct wire_file *program)
{
	struct guard_adapter *adapter = context;
	struct guard_answer unused = {};
	struct container_value container;
	const struct policy *policy = policy_of(adapter, cgroup, &unused, &container);
	struct wire_file image;
	uint32_t flags = 0;

	if (!policy)
		return 0;
	table_of(adapter, policy, copies_image(adapter->copies, cgroup, program, &image) ? &image : program, &flags);
	policies_done(adapter->policies);
	return (flags & WIRE_FILE_RUNS_CODE) != 0;
}
