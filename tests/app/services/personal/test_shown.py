"""SEQUENCE is kept an item: a new one at 0, higher with each change, the same for any number of readers."""

import threading
from datetime import timedelta

from app.services.personal.feed import hash_facts, read_shown, write_shown
from tests.city import NOW, City


def test_a_sequence_rises_with_each_change_and_never_otherwise(city: City) -> None:
    """Written anew with the same content nothing moves; with other content number and instant rise."""
    task = city.task()
    seen = []
    for minute, facts in enumerate(("a", "a", "b", "b", "a")):
        at = NOW + timedelta(minutes=minute)
        with city.database.writing() as session:
            write_shown(session.connection(), {task: hash_facts([facts])}, at)
            shown, changed = read_shown(session.connection(), {task: hash_facts([facts])})
        assert changed == []
        seen.append((shown[task].sequence, shown[task].changed_at))
    minutes = [timedelta(minutes=number) for number in (0, 0, 2, 2, 4)]
    assert seen == [(number, NOW + at) for number, at in zip((0, 0, 1, 1, 2), minutes, strict=True)]


def test_what_changed_or_is_new_is_told(city: City) -> None:
    """Only these are written."""
    first, second = city.task("一"), city.task("二")
    with city.database.writing() as session:
        write_shown(session.connection(), {first: hash_facts(["a"])}, NOW)
    with city.database.reading() as session:
        _, changed = read_shown(session.connection(), {first: hash_facts(["a"]), second: hash_facts(["a"])})
        assert changed == [second]
        _, changed = read_shown(session.connection(), {first: hash_facts(["b"])})
        assert changed == [first]


def test_readers_at_the_same_moment_raise_it_once(city: City) -> None:
    """Four feeds find the same change together: one step, not four."""
    task, start = city.task(), threading.Barrier(4)
    with city.database.writing() as session:
        write_shown(session.connection(), {task: hash_facts(["a"])}, NOW)

    def read() -> None:
        start.wait()
        city.database.write(lambda session: write_shown(session.connection(), {task: hash_facts(["b"])}, NOW))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with city.database.reading() as session:
        assert read_shown(session.connection(), {task: ""})[0][task].sequence == 1


def test_more_items_than_one_statement_holds(city: City) -> None:
    """Batches: none is forgotten."""
    ids = [city.task(f"任务{number}") for number in range(3)]
    facts = {item_id: hash_facts([item_id]) for item_id in ids}
    with city.database.writing() as session:
        write_shown(session.connection(), facts, NOW)
        shown, changed = read_shown(session.connection(), facts)
    assert set(shown) == set(ids)
    assert changed == []
