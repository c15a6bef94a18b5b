"""What replies of a worker become in its record."""

from msgspec import structs
from msgspec.structs import replace

from bench.measure.recording import changed
from bench.worker.protocol import Changed
from tests.builders import USUAL, make_run


def test_for_long_calls_stands_the_lower_quartile_of_those_that_were_timed():
    worker = make_run(USUAL).rounds[0].workers[0]
    (burst, *_) = worker.bursts
    timed = replace(worker, bursts=(replace(burst, number=2, sample_ns=(20, 200, 60, 80, 40, 100, 120, 140)),))
    reply = Changed(last=None, first="digest", met_ns=None, unmet_ns=90, copies=False, peak=None, shares=())
    found = changed(timed, reply)
    assert (found.met_ns, found.unmet_ns) == (30, 90)
    assert changed(found, structs.replace(reply, met_ns=7)).met_ns == 7
    prepared = structs.replace(reply, anew_ns=7)
    assert changed(changed(found, structs.replace(reply, anew_ns=9)), prepared).anew_ns == 7
