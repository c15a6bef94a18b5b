"""Neither credentials nor where the user's files lie get into what is recorded."""

from pathlib import Path

import pytest

from bench.machine import privacy

ENVIRONMENT = {
    "HOME": "/home/alice",
    "PATH": "/usr/bin-and-more",
    "GITHUB_TOKEN": "ghp_planted1",
    "AWS_SECRET_ACCESS_KEY": "planted2+x",
    "NUMBA_PAT": "planted3",
    "MKL_LICENSE": "planted4",
    "DB_PASSWORD": "short",
    "KEYBOARD": "qwertz-layout",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("401 for ghp_planted1", "401 for ***"),
        ("planted2+x, planted3; planted4", "***, ***; ***"),
        ("/usr/bin-and-more qwertz-layout short", "/usr/bin-and-more qwertz-layout short"),
        ("https://u:p@host/a ssh://git@host a@b", "https://host/a ssh://host a@b"),
        ("no file /home/alice/x: /home/alice", "no file ~/x: ~"),
        ("/home/alicette /srv/home/alice", "/home/alicette /srv/home/alice"),
        ("", ""),
    ],
)
def test_secrets_logins_and_the_home_folder_are_left_out_of_text(text, told):
    assert privacy.masked(text, ENVIRONMENT) == told


def test_without_a_home_nothing_is_taken_for_it():
    assert privacy.masked("/a /b", {}) == privacy.masked("/a /b", {"HOME": "/"}) == "/a /b"


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("run", "run"),
        ("./prob", "./prob"),
        ("--set", "--set"),
        ("m=5", "m=5"),
        ("{here}/prob", "prob"),
        ("--results={here}/a/b", "--results=a/b"),
        ("/home/alice/work/prob", "~/work/prob"),
        ("--output=/home/alice", "--output=~"),
        ("/scratch/users/alice/prob", ".../prob"),
        ("ghp_planted1", "***"),
    ],
)
def test_a_command_shows_absolute_paths_from_here_or_from_home_or_only_their_ends(word, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert privacy.command([word.format(here=Path.cwd())], ENVIRONMENT) == (shown,)
