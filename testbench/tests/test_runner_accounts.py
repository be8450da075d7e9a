"""Who is who in a container: the files' texts, and the users that they name."""

from __future__ import annotations

import pytest

from runner.tasks import accounts
from runner.tasks.layout import Account
from runner.tasks.user import User

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\n"
    "web:x:33:34:web:/var/www:/bin/sh\n"
    "person:x:1000:1000:A Person:/home/person:/bin/bash\n"
    "toy:x:1001:1001::/home/toy:/bin/bash\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
)
GROUP = "root:x:0:\nweb:x:34:\nadm:x:4:person,web\nperson:x:1000:\nnogroup:x:65534:\n"
IMAGE = (Account("toy", 500, "/home/toy", "/bin/sh"), Account("aide", 501, "/", "/bin/sh", ("toy",)))


def test_the_images_accounts_stand_beside_the_machines_system_accounts_only() -> None:
    assert [line.split(":")[:3] for line in accounts.passwd(PASSWD, IMAGE).splitlines()] == [
        ["root", "x", "0"],
        ["web", "x", "33"],
        ["nobody", "x", "65534"],
        ["toy", "x", "500"],
        ["aide", "x", "501"],
    ]
    assert accounts.group(GROUP, IMAGE) == (
        "root:x:0:\nweb:x:34:\nadm:x:4:\nnogroup:x:65534:\ntoy:x:500:aide\naide:x:501:\n"
    )


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("web", User(33, 34, (4,))),
        ("33", User(33, 34, (4,))),
        ("web:root", User(33, 0)),
        ("web:77", User(33, 77)),
        ("4711", User(4711, 0)),
        ("4711:web", User(4711, 34)),
    ],
)
def test_a_user_is_found_as_docker_finds_it(text: str, user: User) -> None:
    assert User.find(text, PASSWD, GROUP) == user


@pytest.mark.parametrize(("text", "named"), [("stranger", "stranger"), ("web:strangers", "strangers")])
def test_one_that_nobody_is_called_is_named(text: str, named: str) -> None:
    with pytest.raises(KeyError, match=named):
        User.find(text, PASSWD, GROUP)
