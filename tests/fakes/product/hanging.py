"""Never comes back, and ignores polite requests."""

import signal


def prepare(inputs):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def step():
        while True:
            pass

    return step
