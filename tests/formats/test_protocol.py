"""Options of a format's own, and who is told of them."""

import pytest

from inksight_cli.errors import UsageError
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import Amount, Choice, Pictured, WriteOptions, check_own

PHOTO = Choice("photo", "where the photo lies", ("off", "behind", "front"))
SPEED = Amount("speed", "times a hand's", 1.0, 0.1, 10.0)


class Adjusted:
    name = "adjusted"
    suffixes = (".a",)
    summary = "a format with options"
    pages = True
    options = (PHOTO, SPEED)

    def wants_picture(self, options):
        return PHOTO.of(options) != "off"

    def write(self, document, stream, options):
        stream.write(f"{PHOTO.of(options)} {SPEED.of(options)}".encode())


def own(**values: str) -> WriteOptions:
    return WriteOptions(own=values)


def test_what_is_not_said_is_the_default():
    assert PHOTO.of(WriteOptions()) == "off"
    assert SPEED.of(WriteOptions()) == 1.0
    assert (PHOTO.takes, SPEED.takes) == ("off|behind|front", "0.1..10, else 1")


def test_what_is_said_holds():
    chosen = own(photo="front", speed="2.5")
    check_own(Adjusted(), chosen)
    assert (PHOTO.of(chosen), SPEED.of(chosen)) == ("front", 2.5)
    assert isinstance(Adjusted(), Pictured)
    assert Adjusted().wants_picture(chosen)
    assert not Adjusted().wants_picture(WriteOptions())


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"photo": "on"}, "The option photo is one of off|behind|front, not 'on'."),
        ({"speed": "quick"}, "The option speed is a number from 0.1 to 10, not 'quick'."),
        ({"speed": "nan"}, "The option speed is a number from 0.1 to 10, not 'nan'."),
        ({"speed": "11"}, "The option speed is a number from 0.1 to 10, not '11'."),
        ({"foto": "off"}, "The format 'adjusted' has no option 'foto'; it has photo, speed."),
    ],
)
def test_what_makes_no_sense_is_refused(values, told):
    with pytest.raises(UsageError) as caught:
        check_own(Adjusted(), own(**values))
    assert caught.value.message == told


def test_a_format_without_options_says_so():
    with pytest.raises(UsageError, match="The format 'inkml' has no option 'photo'; it has none"):
        check_own(find_writer("inkml"), own(photo="off"))
