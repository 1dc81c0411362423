#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "log.h"
#include "map-put.h"
#include "table-map.h"
#include "table-work.h"

struct table_job {
	struct table_job *next;
	struct table *table;
	bool insert; /* else it leaves the kernel */
};

void work_say(struct tables *tables, uint32_t number, const char *reason)
{
	struct table_answer *answer = calloc(1, sizeof(*answer)), **last = &tables->answers;
	uint64_t one = 1;

	if (reason)
		log_line("table %u is not taken: %s", number, reason);
	if (!answer)
		return; /* the agent says it again when it connects anew */
	answer->table = number;
	answer->reason = reason;
	pthread_mutex_lock(&tables->working);
	while (*last)
		last = &(*last)->next;
	*last = answer;
	pthread_mutex_unlock(&tables->working);
	if (write(tables->signal, &one, sizeof(one)) < 0)
		log_line("the server is not woken: %s", strerror(errno));
}

bool tables_answer(struct tables *tables, struct table_answer *into)
{
	struct table_answer *answer;

	pthread_mutex_lock(&tables->working);
	answer = tables->answers;
	if (answer) {
		tables->answers = answer->next;
		*into = *answer;
	}
	pthread_mutex_unlock(&tables->working);
	free(answer);
	return answer != NULL;
}

bool work_order(struct tables *tables, struct table *table, bool insert)
{
	struct table_job *job = calloc(1, sizeof(*job)), **last = &tables->jobs;

	if (!job)
		return false;
	job->table = table;
	job->insert = insert;
	pthread_mutex_lock(&tables->working);
	while (*last)
		last = &(*last)->next;
	*last = job;
	tables->busy++;
	pthread_cond_signal(&tables->work);
	pthread_mutex_unlock(&tables->working);
	return true;
}

static struct table **place_of(struct tables *tables, uint32_t number)
{
	struct table **at = &tables->first;

	while (*at && (*at)->number != number)
		at = &(*at)->next;
	return at;
}

static void insert(struct tables *tables, struct table *table)
{
	struct table **at, *old;

	if (map_put(tables->outer, &table->number, &table->map, BPF_ANY)) {
		work_say(tables, table->number,
			 errno == E2BIG ? "the kernel's list of tables is full" : strerror(errno));
		table_free(tables, table);
		return;
	}
	pthread_rwlock_wrlock(&tables->lock);
	at = place_of(tables, table->number);
	old = *at;
	if (old)
		*at = old->next;
	table->next = tables->first;
	tables->first = table;
	pthread_rwlock_unlock(&tables->lock);
	if (old)
		table_free(tables, old);
	work_say(tables, table->number, NULL);
}

static void *run(void *given)
{
	struct tables *tables = given;

	for (;;) {
		struct table_job *job;

		pthread_mutex_lock(&tables->working);
		while (!tables->jobs)
			pthread_cond_wait(&tables->work, &tables->working);
		job = tables->jobs;
		tables->jobs = job->next;
		pthread_mutex_unlock(&tables->working);
		if (job->insert) {
			insert(tables, job->table);
		} else {
			bpf_map_delete_elem(tables->outer, &job->table->number);
			table_free(tables, job->table);
		}
		free(job);
		pthread_mutex_lock(&tables->working);
		tables->busy--;
		pthread_mutex_unlock(&tables->working);
	}
	return NULL;
}

bool work_rests(struct tables *tables)
{
	bool rests;

	pthread_mutex_lock(&tables->working);
	rests = !tables->busy;
	pthread_mutex_unlock(&tables->working);
	return rests;
}

int work_start(struct tables *tables)
{
	pthread_t thread;

	pthread_mutex_init(&tables->working, NULL);
	pthread_cond_init(&tables->work, NULL);
	return pthread_create(&thread, NULL, run, tables) ? -1 : 0;
}
