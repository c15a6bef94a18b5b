"""What a page of documentation shows, and somebody who does just that: files to write, commands to type, their output.

A page is read as Markdown. What a block is for is said in comments above it:

    <!-- file: nearest/loop.py -->  the block is the text of that file
    <!-- into: nearest.py -->       the functions of the block are put into that file, each in the place of one that has
                                    its name, or else at the end
    <!-- exit: 4 -->                the last command of the block ends with this exit code (otherwise 0)
    <!-- until: waiting -->         the command goes on by itself: once it has printed this, the page goes on, and after
                                    the next output that the page shows, the command is interrupted
    <!-- not run: reason -->        the commands cannot be run here

A block of ``text`` is what the last command above it prints, with numbers of its own and some lines left out.
"""

import ast
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

#: Longest wait for one command in seconds.
LONGEST_S = 300.0

#: Variable of the environment with options that are put behind the arguments of implbench.
EXTRA = "IMPLBENCH_EXTRA"

_BLOCK = re.compile(r"((?:<!-- [^\n]* -->\n)*)```(\w+)\n(.*?)```", re.DOTALL)
_MARK = re.compile(r"<!-- ([\w ]+): (.*) -->")

#: What differs from run to run and from machine to machine -> what it may be. The rest of an output is the same.
_VARYING = {
    r"^\.\.\.$": r".*?",
    r"\d{8}T\d{6}Z-(\w+)-[0-9a-f]{8}": r"\\d{8}T\\d{6}Z-\1-[0-9a-f]{8}",
    r"\w+ \w+ kernel": r"\\w+( \\w+)? kernel",
    r"(?<![\w-])\d[\d,.]*(?:e[+-]\d+)?(?: [kMGT]?B\b| [mun]?s\b)?": r"\\d[\\d,.]*(?:e[+-]\\d+)?(?: [kMGT]?B| [mun]?s)?",
}


class Untrue(AssertionError):
    """A page shows something else than what happens."""


class Block(Struct, frozen=True, kw_only=True):
    """A block of a page between fences."""

    language: str
    text: str
    marks: Mapping[str, str]
    line: int
    """Where it begins in the page, from 1."""

    @property
    def commands(self) -> list[str]:
        """The lines that somebody types."""
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page."""
    return [
        Block(
            language=found[2],
            text=found[3],
            marks=dict(_MARK.findall(found[1])),
            line=page.count("\n", 0, found.start(2)) + 1,
        )
        for found in _BLOCK.finditer(page)
    ]


def alike(shown: str, printed: str) -> bool:
    """Return whether `printed` holds what is shown, but for what varies, line breaks and lines left out (``...``)."""
    varying = re.compile("|".join(f"(?:{pattern})" for pattern in _VARYING), re.MULTILINE)
    pattern, end = "", 0
    for found in varying.finditer(shown):
        pattern += _words(shown[end : found.start()]) + _form(found[0])
        end = found.end()
    return re.search(pattern + _words(shown[end:].rstrip()), printed, re.DOTALL) is not None


def _name(statement: ast.stmt) -> str | None:
    return getattr(statement, "name", None)


def _form(text: str) -> str:
    return next(re.sub(one, form, text) for one, form in _VARYING.items() if re.fullmatch(one, text))


def _words(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", text))


class Reader:
    """Somebody at a shell, in a folder, who types what a page shows."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = dict(environment)
        self._printed = folder.parent / f"{folder.name}-printed"
        self._going_on: subprocess.Popen[bytes] | None = None

    def follow(self, page: str) -> Iterator[str]:
        """Do what the page says, block after block; yield each command, before it is typed.

        Raises
        ------
        Untrue
            If a command ends, or prints, otherwise than the page says.
        """
        for block in blocks(page):
            if "file" in block.marks:
                self._write(block)
            elif "into" in block.marks:
                self._put(block)
            elif block.language == "sh" and "not run" not in block.marks:
                *others, last = block.commands
                for command in others:
                    yield command
                    self.type(command)
                yield last
                self._type_last(last, block)
            elif block.language == "text":
                self._compare(block)

    def type(self, command: str, expected: Container[int] = (0,), extra: str = "") -> None:
        """Type a command and wait until it has ended, with one of the expected exit codes.

        What is `extra`, the `launchers` put behind the arguments of implbench.
        """
        with self._printed.open("wb") as printed:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self.folder,
                env={**self._environment, EXTRA: extra},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
                timeout=LONGEST_S,
                check=False,
            )
        if done.returncode not in expected:
            told = f"{self._printed.read_text()}\n{done.stderr.decode()}"
            raise Untrue(f"{command}\nended with {done.returncode}, expected {expected}\n{told}")

    def _type_last(self, command: str, block: Block) -> None:
        if "until" not in block.marks:
            self.type(command, (int(block.marks.get("exit", 0)),))
            return
        # Where this runs in the background, SIGINT is ignored, and so it would be in what is started here.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        with self._printed.open("wb") as printed:
            self._going_on = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        signal.signal(signal.SIGINT, before)
        self._wait(self._going_on, block.marks["until"])

    def _write(self, block: Block) -> None:
        file = self.folder / block.marks["file"]
        if not file.parent.is_dir():
            raise Untrue(f"line {block.line}: the folder of {block.marks['file']} is not there yet")
        file.write_text(block.text)

    def _put(self, block: Block) -> None:
        file = self.folder / block.marks["into"]
        if not file.is_file():
            raise Untrue(f"line {block.line}: {block.marks['into']} is not there yet")
        text = file.read_text()
        for function in ast.parse(block.text).body:
            code = ast.get_source_segment(block.text, function) or ""
            known = (ast.get_source_segment(text, one) for one in ast.parse(text).body if _name(one) == _name(function))
            before = next(known, None)
            text = text.replace(before, code) if before else f"{text}\n\n{code}\n"
        file.write_text(text)

    def _compare(self, block: Block) -> None:
        if self._going_on:
            self._wait(self._going_on, block.text)
            self._interrupt(self._going_on)
            self._going_on = None
        elif not alike(block.text, printed := self._printed.read_text()):
            raise Untrue(f"line {block.line} shows\n{block.text}\nbut what is printed is\n{printed}")

    def _wait(self, process: "subprocess.Popen[bytes]", text: str) -> None:
        """Wait until a command that goes on has printed this."""
        ends = time.monotonic() + LONGEST_S
        while not alike(text, printed := self._printed.read_text()):
            if process.poll() is not None or time.monotonic() > ends:
                raise Untrue(f"expected\n{text}\nbut what is printed is\n{printed}")
            time.sleep(0.1)

    def _interrupt(self, process: "subprocess.Popen[bytes]") -> None:
        process.send_signal(signal.SIGINT)
        if process.wait(LONGEST_S) != 0:
            raise Untrue(f"Ctrl-C ended it with {process.returncode}, expected 0")

    def close(self) -> None:
        """End what goes on."""
        if self._going_on:
            self._going_on.kill()
            self._going_on.wait()


def launchers(folder: Path, checkout: Path, *plugins: str) -> dict[str, str]:
    """Return the environment of a shell in which `implbench`, and pytest's plugin, are the checkout's.

    Parameters
    ----------
    folder
        Where they are written.
    checkout
        The folder that holds the package.
    plugins
        Modules that pytest is to load besides.

    Both are scripts that are written to a folder. What is in the variable EXTRA is put behind the arguments of
    `implbench`: so a command is typed as it is shown, and takes less time.
    """
    wanted = ("no:implbench", "no:cacheprovider", "bench.pytest_plugin", *plugins)
    options = " ".join(f"-p {plugin}" for plugin in wanted)
    for name, module in (("implbench", f'bench "$@" ${EXTRA}'), ("pytest", f'pytest {options} "$@"')):
        script = folder / name
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{checkout}" exec "{sys.executable}" -m {module}\n')
        script.chmod(0o755)
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}
