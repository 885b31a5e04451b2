"""Whether the process of a run still lives."""

from __future__ import annotations

import socket
import subprocess
import sys

import psutil

from promptfit.tracking.provenance import is_running, this_process


def test_this_process_runs_and_one_of_another_host_may() -> None:
    assert is_running(this_process())
    assert is_running({**this_process(), "promptfit.host": "elsewhere", "promptfit.pid": "1"})
    assert not is_running({**this_process(), "promptfit.process_started": "1.0"}), "the number was given away again"


def test_a_killed_process_does_not_run_even_before_its_parent_looks() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        tags = {
            "promptfit.host": socket.gethostname(),
            "promptfit.pid": str(child.pid),
            "promptfit.process_started": f"{psutil.Process(child.pid).create_time():.2f}",
        }
        assert is_running(tags)
        child.kill()
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert not is_running(tags)
