"""Several files of one input, and options that reach one format alone."""

import json

import pytest

from inksight_cli.commands.outputs import choose_outputs
from inksight_cli.errors import UsageError
from inksight_cli.formats.protocol import WriteOptions
from tests.commands.conftest import QUICK, is_result
from tests.helpers.pictures import save_pages


def chosen(outs=(), formats=(), own=()):
    outputs = choose_outputs(list(outs), list(formats), list(own), WriteOptions())
    return [(output.writer.name, output.out) for output in outputs]


@pytest.mark.parametrize(
    ("outs", "formats", "meant"),
    [
        ([], [], [("svg", None)]),
        (["a.json"], [], [("json", "a.json")]),
        (["ink/"], [], [("svg", "ink/")]),
        (["a.json", "a.svg"], [], [("json", "a.json"), ("svg", "a.svg")]),
        (["a.dat"], ["json"], [("json", "a.dat")]),
        (["ink/"], ["svg,json"], [("svg", "ink/"), ("json", "ink/")]),
        (["ink/"], ["svg", "json"], [("svg", "ink/"), ("json", "ink/")]),
        ([], ["inkml", "json"], [("inkml", None), ("json", None)]),
        (["a/", "b/"], ["svg", "json"], [("svg", "a/"), ("json", "b/")]),
    ],
)
def test_places_and_formats_go_together(outs, formats, meant):
    assert chosen(outs, formats) == meant


@pytest.mark.parametrize(
    ("outs", "formats", "own", "told"),
    [
        (["a/", "b/"], ["svg", "json", "inkml"], [], "3 formats do not go with 2 places."),
        (["a.nonsense"], [], [], "Unknown format '.nonsense'"),
        (["a.svg"], [], ["svg"], "-O svg makes no sense."),
        (["a.svg"], [], ["svg.x=1"], "The format 'svg' has no option 'x'"),
        (["a.svg"], [], ["json.x=1"], "-O json.x=1 is for the format json, but svg is written."),
        (["a.svg"], [], [".x=1"], "-O .x=1 makes no sense."),
        (
            ["a.txt"],
            [],
            ["curves=1"],
            "-O curves=1 is for formats with curves, but txt is written.",
        ),
        (["a.svg"], [], ["curves=no"], "The option curves is a number"),
    ],
)
def test_what_does_not_go_together_is_refused(outs, formats, own, told):
    with pytest.raises(UsageError) as caught:
        chosen(outs, formats, own)
    assert caught.value.message.startswith(told)


def test_an_option_without_a_format_is_for_all_that_have_it():
    outs, own = ["a.svg", "a.anim.svg", "a.pdf"], ["curves=0.5", "pdf.ink=annotations"]
    outputs = choose_outputs(outs, [], own, WriteOptions())
    values = [dict(output.options.own) for output in outputs]
    assert values == [{"curves": "0.5"}, {"curves": "0.5"}, {"ink": "annotations"}]


def test_one_run_writes_several_files(inksight, picture, tmp_path):
    outs = ("-o", "a.svg", "-o", "a.json", "-o", "a.inkml")
    ran = inksight("derender", picture, *outs, *QUICK, "--log-format", "json")
    assert ran.code == 0
    (event,) = [json.loads(line) for line in ran.err.splitlines()]
    assert event["outputs"] == ["a.svg", "a.json", "a.inkml"]
    assert event["output"] == "a.svg"
    for name in event["outputs"]:
        alone = inksight("derender", picture, "-o", f"alone-{name}", *QUICK)
        assert alone.code == 0
        assert (tmp_path / name).read_bytes() == (tmp_path / f"alone-{name}").read_bytes()


def test_several_pages_in_several_formats(inksight, tmp_path):
    save_pages(tmp_path / "c.tif", ["three", "four"])
    ran = inksight("derender", "c.tif", "-o", "out/", "--format", "svg,json", *QUICK)
    assert ran.code == 0
    assert "(page 2) -> out/c.page-2.svg: " in ran.err
    assert "c.tif -> out/c.json: 2 pages" in ran.err
    names = sorted(path.name for path in (tmp_path / "out").iterdir() if is_result(path))
    assert names == ["c.json", "c.page-1.svg", "c.page-2.svg"]


def test_a_file_of_several_pages_is_told_when_it_is_written_and_never_where_one_failed(
    inksight, tmp_path
):
    save_pages(tmp_path / "whole.tif", ["three", "four"])
    save_pages(tmp_path / "cut.tif", ["three", "four"])
    cut = (tmp_path / "cut.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(cut[: len(cut) * 3 // 4])
    ran = inksight("derender", "whole.tif", "cut.tif", "-o", "out/", "--format", "json", *QUICK)
    assert ran.code == 7
    assert ran.err.count("-> out/whole.json: 2 pages") == ran.err.count("-> out/whole.json") == 1
    assert "-> out/cut.json" not in ran.err
    assert not (tmp_path / "out/cut.json").exists()


def test_an_input_is_done_when_all_its_files_are_there(inksight, picture, tmp_path):
    outs = ("-o", "a.svg", "-o", "a.json")
    inksight("derender", picture, "-o", "a.svg", *QUICK)
    first = inksight("derender", picture, *outs, *QUICK, "--skip-existing")
    assert "a.svg, a.json: 1 word" in first.err
    second = inksight("derender", picture, *outs, *QUICK, "--skip-existing")
    assert "'a.svg, a.json' is there already, skipped" in second.err
    refused = inksight("derender", picture, *outs, *QUICK, "--no-overwrite")
    assert refused.code == 6


@pytest.mark.parametrize("outs", [("a.svg", "a.svg"), ("-", "-")])
def test_two_results_in_one_place_are_refused(inksight, picture, tmp_path, outs):
    ran = inksight("derender", picture, "-o", outs[0], "-o", outs[1], *QUICK)
    assert ran.code == 2
    assert "cannot be two results at once" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_one_file_cannot_be(inksight, picture, tmp_path):
    (tmp_path / "a.json").mkdir()
    ran = inksight("derender", picture, "-o", "a.svg", "-o", "a.json/b/c.json", *QUICK)
    assert ran.code == 6
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
