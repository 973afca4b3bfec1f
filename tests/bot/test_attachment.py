import pytest

from bot.attachment import check_attachments, make_attachment
from bot.destination_settings import AttachmentLimits
from bot.errors import AttachmentError

ANY = AttachmentLimits()


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(AttachmentError, match=r"^The file gate.log is empty: .*\.$"):
        make_attachment("gate.log", b"")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\gate.log", "gate.log"),
        ("/", "file"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("", "file"),
        ("gate\n\x00\u202egol.exe", "gate___gol.exe"),
        ('a"; filename="b.exe', "a__ filename=_b.exe"),
        ("con.txt", "_con.txt"),
        ("gate.log. ", "gate.log"),
        ("Störung.log", "Störung.log"),
        ("x" * 300 + ".log", "x" * 96 + ".log"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert make_attachment(name, b"x").name == safe


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("gate.png", "image/png"),
        ("gate.LOG", "text/plain"),
        ("gate", "application/octet-stream"),
        ("gate.txt.gz", "application/octet-stream"),
    ],
)
def test_the_type_is_told_by_the_name(name: str, media_type: str) -> None:
    assert make_attachment(name, b"x").media_type == media_type


def test_a_file_of_20_mb_is_refused_with_its_size() -> None:
    big = make_attachment("dump.zip", b"x" * 20_000_000)
    with pytest.raises(AttachmentError) as refused:
        check_attachments([big], ANY)
    assert str(refused.value) == (
        "The file dump.zip has 20.0 MB and the desk takes at most 10 MB: compress it or attach the"
        " part that matters."
    )


def test_files_that_are_too_large_together_are_refused() -> None:
    files = [make_attachment(f"{n}.zip", b"x" * 7_000_000) for n in range(3)]
    check_attachments(files[:2], ANY)
    with pytest.raises(AttachmentError, match="21.0 MB together"):
        check_attachments(files, ANY)


def test_a_desk_may_take_larger_files() -> None:
    big = make_attachment("dump.zip", b"x" * 20_000_000)
    check_attachments([big], AttachmentLimits(largest_mb=25, total_mb=25))


def test_a_type_that_the_desk_refuses_is_named_with_those_it_takes() -> None:
    limits = AttachmentLimits(types=(".log", ".PNG"))
    check_attachments([make_attachment("a.LOG", b"x"), make_attachment("b.png", b"x")], limits)
    with pytest.raises(AttachmentError, match=r"does not take run.exe: .* \.log, \.PNG\.$"):
        check_attachments([make_attachment("run.exe", b"x")], limits)
