"""What compilers keep on disk lies with the run, apart for each implementation, where programs may be run from."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.measure import compile_caches
from bench.measure.compile_caches import FOLDER, VARIABLES, placed, variables


def test_each_has_a_folder_of_its_own_below_the_runs_all_names_of_one_length(tmp_path):
    whose = [("/a", "loop", False), ("/a", "loop", True), ("/b", "loop", False), ("/b", "a_much_longer_name", False)]
    found = [variables(tmp_path, *one) for one in whose]
    folders = [{one[name] for name in VARIABLES} for one in found]
    assert all(len(each) == 1 for each in folders)
    assert len(set.union(*folders)) == len(whose)
    assert len({len(folder) for each in folders for folder in each}) == 1
    assert all(Path(folder).parent == tmp_path / FOLDER for each in folders for folder in each)
    assert variables(tmp_path, *whose[0]) == found[0]


@pytest.mark.parametrize("flag", [0, getattr(os, "ST_NOEXEC", 0)])
def test_where_scratch_allows_no_programs_the_folder_lies_elsewhere_and_is_gone_afterwards(tmp_path, monkeypatch, flag):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(compile_caches.os, "statvfs", lambda place: SimpleNamespace(f_flag=flag))
    with placed(tmp_path / "scratch"):
        folder = tmp_path / "scratch" / FOLDER
        (folder / "program").write_text("")
        place = tmp_path / ("elsewhere" if flag else "scratch")
        assert folder.resolve().is_relative_to(place)
    assert list((tmp_path / "elsewhere").iterdir()) == []
