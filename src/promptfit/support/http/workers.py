"""Many things done side by side, a window of them at a time, in a thread that has an event loop for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Loop:
    """An event loop in a thread of its own, so that any thread can use what is asynchronous."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="promptfit-api", daemon=True)
        self._thread.start()
        self.alive = True

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine there and waits for it; an interrupt of the waiting thread cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self, last: Coroutine[Any, Any, None]) -> None:
        """Gives up on all that runs, runs a last coroutine and ends the thread; at the interpreter's end, too."""

        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            try:
                await last
            finally:
                self._loop.call_soon(self._loop.stop)

        self.alive = False
        asyncio.run_coroutine_threadsafe(end(), self._loop)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)


class Window(Generic[T, R]):
    """Workers that take items in order, and what they have done so far. Memory does not grow with the items.

    Args:
        items: What to work on.
        work: Does one; what it raises ends the whole.
        width: Items at a time at most. So many results wait to be fetched at most, too.
    """

    def __init__(self, items: Sequence[T], work: Callable[[T], Awaitable[R]], width: int) -> None:
        self._todo, self._work, self._left = iter(items), work, len(items)
        self._done: asyncio.Queue[R | BaseException] = asyncio.Queue(width)
        self._width, self._error = min(width, len(items)), None  # type: int, BaseException | None
        self._workers: list[asyncio.Task[None]] = []

    async def results(self) -> list[R]:
        """Waits for at least one more result and returns those that there are; none once all were returned.

        Raises:
            Exception: What the work raised, after all results that came before it.
        """
        if not self._workers:
            self._workers = [asyncio.create_task(self._worker()) for _ in range(self._width)]
        found: list[R] = []
        while self._left and not self._error and (not found or not self._done.empty()):
            result = await self._done.get()
            if isinstance(result, BaseException):
                self._error = result
                break
            found.append(result)
            self._left -= 1
        if self._error and not found:
            raise self._error
        return found

    async def close(self) -> None:
        """Gives up on what is under way."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _worker(self) -> None:
        for item in self._todo:
            try:
                result = await self._work(item)
            except Exception as error:
                for other in self._workers:  # at once: whoever waits for a place would have one now
                    if other is not asyncio.current_task():
                        other.cancel()
                await self._done.put(error)
                return
            await self._done.put(result)


def stream(loop: Loop, make: Callable[[], Window[T, R]]) -> Iterator[R]:
    """Yields a window's results as they come; closing the iterator cancels what is under way.

    Args:
        loop: Where the window lives.
        make: Makes it, inside the loop.
    """

    async def opened() -> Window[T, R]:
        return make()

    window = loop.run(opened())
    try:
        while results := loop.run(window.results()):
            yield from results
    finally:
        if loop.alive:
            loop.run(window.close())
