"""Who does durable work, what of it is done again, and what is kept of it."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard

_DBOS: Final = "tests/adapters/test_dbos_engine.py::"
_RUNNER: Final = "tests/adapters/test_durable_runner.py::"
_INSTANCES: Final = "tests/adapters/test_instances.py::"


def _durable(kind: Kind, name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(kind, name, keeps, f"adapters/durable/{file}.py", right, wrong, noticed_by)


_CLAIMS: Final = (
    guard(
        Kind.CLAIM,
        "one process of a name",
        "DBOS 2",
        "genkan/duties.py",
        "        while not await claim.lead():\n",
        "        while False:\n",
        f"{_DBOS}test_no_two_that_live_have_one_name[sqlite]",
    ),
    guard(
        Kind.CLAIM,
        "who lost its name does nothing more",
        "DBOS 2",
        "genkan/duties.py",
        "        elif now - since > CLAIM_WITHIN:",
        "        elif False:",
        f"{_DBOS}test_who_lost_its_name_does_nothing_more[sqlite]",
    ),
    guard(
        Kind.CLAIM,
        "one process over a journal",
        "T-1",
        "genkan/duties.py",
        'name = "journal" if settings.durable is Durable.JOURNAL else settings.executor_name',
        "name = settings.executor_name",
        f"{_DBOS}test_two_over_one_journal_are_refused[sqlite]",
    ),
    guard(
        Kind.CLAIM,
        "one leads by a lock on a file",
        "DBOS 5",
        "adapters/db/leadership.py",
        'connection.execute("BEGIN EXCLUSIVE")',
        'connection.execute("BEGIN")',
        f"{_INSTANCES}test_one_of_several_leads_until_it_resigns[sqlite]",
    ),
    guard(
        Kind.CLAIM,
        "one leads by an advisory lock",
        "DBOS 5",
        "adapters/db/advisory.py",
        "self._leads = bool(await self._connection.fetchval(_TRY, self._name))",
        "self._leads = True",
        f"{_INSTANCES}test_one_of_several_leads_until_it_resigns[postgresql]",
    ),
    guard(
        Kind.CLAIM,
        "a leader looks whether it still leads",
        "DBOS 5",
        "adapters/db/advisory.py",
        'await self._connection.execute("SELECT 1")',
        "pass",
        f"{_INSTANCES}test_a_leader_that_is_cut_off_leads_no_longer",
    ),
    _durable(
        Kind.CLAIM,
        "what a silent executor left is handed on",
        "T-8, DBOS 5",
        "leases",
        "elif name != self._name and now - heard[1] >= self._pace.silence:",
        "elif False:",
        f"{_DBOS}test_every_executor_beats_and_only_a_leader_hands_on[sqlite-True]",
    ),
    _durable(
        Kind.CLAIM,
        "nobody is taken for dead before its silence",
        "T-1, DBOS 5",
        "leases",
        " and now - heard[1] >= self._pace.silence:",
        ":",
        f"{_DBOS}test_neither_the_leader_nor_who_is_quiet_for_a_while_is_taken_for_dead[sqlite-there]",
    ),
    _durable(
        Kind.CLAIM,
        "nobody takes itself for dead",
        "T-1, DBOS 5",
        "leases",
        "elif name != self._name and now",
        "elif now",
        f"{_DBOS}test_neither_the_leader_nor_who_is_quiet_for_a_while_is_taken_for_dead[sqlite-here]",
    ),
    _durable(
        Kind.CLAIM,
        "who leads alone hands on",
        "DBOS 5",
        "leases",
        "if self._leadership is None or not await self._leadership.lead():",
        "if False:",
        f"{_DBOS}test_every_executor_beats_and_only_a_leader_hands_on[sqlite-False]",
    ),
    _durable(
        Kind.CLAIM,
        "one engine of a process",
        "DBOS 7",
        "dbos_engine",
        '        if _open is not None:\n            raise RuntimeError("another engine is open in this process")\n',
        "",
        f"{_DBOS}test_a_second_engine_of_a_process_is_refused",
    ),
)
_STEPS: Final = (
    _durable(
        Kind.UNIQUE,
        "a workflow's id is its work's key",
        "T-1, DBOS 2",
        "dbos_engine",
        "            with SetWorkflowID(key):\n                handle = await DBOS.start_workflow_async(work, key)",
        "            if key:\n                handle = await DBOS.start_workflow_async(work, key)",
        f"{_DBOS}test_an_answer_lost_by_the_journal_is_found_again",
    ),
    _durable(
        Kind.LOOK,
        "DBOS remembers what a step answered",
        "T-1, DBOS 3",
        "dbos_memory",
        'self._heard[name] = await DBOS.run_step_async({"name": name}, step)',
        "self._heard[name] = await step()",
        f"{_DBOS}test_an_answer_lost_by_the_journal_is_found_again",
    ),
    _durable(
        Kind.LOOK,
        "the journal remembers what a step answered",
        "T-1",
        "memory",
        "        if name in self._answers:\n            return self._answers[name]\n",
        "",
        f"{_RUNNER}test_a_step_answers_the_same_the_first_time_and_after_a_crash[in process]",
    ),
    _durable(
        Kind.ORDER,
        "the order of steps is their identity",
        "DBOS 10",
        "dbos_memory",
        "            except DBOSUnexpectedStepError as error:\n                raise OutOfOrder from error\n",
        "            except DBOSUnexpectedStepError:\n                self._heard[name] = await step()\n",
        f"{_DBOS}test_work_that_meets_another_step_than_it_remembers_goes_to_staff",
    ),
    _durable(
        Kind.UNIQUE,
        "a step's name stands once",
        "T-1, DBOS 10",
        "steps",
        "        if name in self._named:",
        "        if False:",
        f"{_RUNNER}test_a_step_name_stands_once[in process]",
    ),
    _durable(
        Kind.COMPARE,
        "DBOS keeps nothing of parked work",
        "T-3",
        "dbos_memory",
        "        if entry is None or entry.state is not WorkState.IN_PROGRESS:\n            raise Stopped\n"
        "        if entry.failing",
        "        if entry is not None and entry.failing",
        f"{_RUNNER}test_parked_work_stops_after_its_step_and_goes_on_when_it_is_retried[dbos over a file]",
    ),
    _durable(
        Kind.COMPARE,
        "the journal's refusal stops parked work",
        "T-3",
        "memory",
        "        if not await self._journal.remember(self._key, name, plain, self._clock.now()):\n"
        "            raise Stopped\n",
        "        await self._journal.remember(self._key, name, plain, self._clock.now())\n",
        f"{_RUNNER}test_parked_work_stops_after_its_step_and_goes_on_when_it_is_retried[in process]",
    ),
    _durable(
        Kind.COMPARE,
        "work that was parked while it rested asks nobody again",
        "T-3",
        "steps",
        "        await self._rest(self._entry, failing, error)\n        await self._is_wanted()\n",
        "        await self._rest(self._entry, failing, error)\n",
        f"{_RUNNER}test_work_parked_while_it_rests_asks_nobody_again[in process]",
    ),
    _durable(
        Kind.LIMIT,
        "what nobody foresaw is tried five times",
        "T-3",
        "doing",
        "        if attempts >= self.settings.attempts:",
        "        if False:",
        f"{_RUNNER}test_what_nobody_foresaw_is_tried_five_times_and_says_no_data[in process]",
    ),
    _durable(
        Kind.LIMIT,
        "so many run at once",
        "T-9",
        "turns",
        "        await self._places.acquire()\n",
        "",
        f"{_RUNNER}test_only_so_many_run_at_once[in process]",
    ),
)
_CONDITIONS: Final = (
    _durable(
        Kind.CLAIM,
        "what an older version left is taken along",
        "T-8, DBOS 1",
        "dbos_engine",
        'await _listed(status=["ENQUEUED", "DELAYED"], app_version=versions) if versions else []',
        "[]",
        f"{_DBOS}test_a_newer_version_takes_along_what_an_older_one_left",
    ),
    _durable(
        Kind.LIMIT,
        "dates far ahead are rows",
        "FUL-5, DBOS 4",
        "dbos_engine",
        "SetEnqueueOptions(delay_seconds=seconds, queue_partition_key=_lane(entry))",
        "SetEnqueueOptions(queue_partition_key=_lane(entry))",
        f"{_DBOS}test_dates_far_ahead_keep_no_task",
    ),
    _durable(
        Kind.LIMIT,
        "nothing but JSON goes in and out",
        "DBOS 6",
        "dbos_engine",
        '            "serializer": DBOSPortableJSON,\n',
        "",
        f"{_DBOS}test_only_the_key_goes_in_and_only_json_comes_out",
    ),
    _durable(
        Kind.LIMIT,
        "the queue is looked at seldom",
        "DBOS 8",
        "dbos_engine",
        "    poll: float = 1.0\n",
        "    poll: float = 0.05\n",
        f"{_DBOS}test_the_queue_is_one_and_looked_at_seldom",
    ),
    _durable(
        Kind.ORDER,
        "a moved clock begins what is due",
        "FUL-5, DBOS 9",
        "runner",
        "        for entry in waiting:\n            await self._take_or_delay(entry, now)\n",
        "",
        f"{_RUNNER}test_a_released_date_begins_at_once_and_is_counted[in process]",
    ),
    guard(
        Kind.ORDER,
        "the place in the stream is kept behind its facts",
        "T-5",
        "genkan/rounds.py",
        "        for fact in newest(batch.facts):\n            await self.work.start(learning(fact))\n"
        "        if batch.position != position:\n            async with self.store.begin() as shelves:\n"
        "                await shelves.facts.set_position(STREAM, batch.position)\n",
        "        if batch.position != position:\n            async with self.store.begin() as shelves:\n"
        "                await shelves.facts.set_position(STREAM, batch.position)\n"
        "        for fact in newest(batch.facts):\n            await self.work.start(learning(fact))\n",
        "tests/running/test_rounds.py::test_a_fact_that_could_not_be_taken_in_is_read_again",
    ),
    guard(
        Kind.ORDER,
        "who was cut off reads everything again",
        "T-5",
        "adapters/db/signals.py",
        "                self._missed()\n",
        "",
        f"{_INSTANCES}test_who_was_cut_off_reads_everything_again_once_and_hears_on",
    ),
    guard(
        Kind.COMPARE,
        "a reading that was dropped while it was read is not kept",
        "T-5",
        "adapters/system/remembered.py",
        "            if self._under_way.get(key) is this:\n                self._keep(key, reading)\n",
        "            self._keep(key, reading)\n",
        "tests/adapters/test_remembered.py::test_a_reading_under_way_when_dropped_is_not_kept",
    ),
)
WORK: Final = (*_CLAIMS, *_STEPS, *_CONDITIONS)
