"""``inksight doctor`` on this machine, and on ones that lack something."""

import json
from importlib.metadata import PackageNotFoundError

import pytest

from inksight_cli.commands import checkup
from inksight_cli.commands.checkup import Finding, as_json, as_text, check_up
from inksight_cli.plugins import Registry


@pytest.fixture(scope="module")
def findings():
    return {(finding.kind, finding.name): finding for finding in check_up()}


def test_the_default_way_works_here(findings):
    for finding in findings.values():
        assert finding.ready or not finding.needed, finding
    assert findings["provider", "CPUExecutionProvider"].detail == "runs"
    assert findings["detector", "embedded"].needed
    assert findings["model", "trace"].ready
    assert findings["detector", "boxes"].ready
    assert "needs a file of word boxes" in findings["detector", "boxes"].detail
    assert {("format", name) for name in ("svg", "inkml", "json")} <= findings.keys()


def test_the_command_says_so(inksight):
    ran = inksight("doctor", "--json")
    assert (ran.code, ran.err) == (0, "")
    plain = json.loads(ran.out)
    assert plain["ready"] is True
    assert {"python", "package", "provider", "detector", "format", "model"} == {
        finding["kind"] for finding in plain["findings"]
    }


def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch):
    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(checkup, "version", version)
    found = next(finding for finding in checkup._packages() if finding.name == "svgwrite")
    assert not found.ready
    assert found.detail.startswith("Install it: pip install 'svgwrite>=")
    text = as_text([found])
    assert "MISSING svgwrite" in text
    assert "does not work; it lacks svgwrite" in text
    assert json.loads(as_json([found]))["ready"] is False


def test_onnxruntime_gpu_stands_for_onnxruntime(monkeypatch):
    there = {"onnxruntime-gpu": "1.31.1"}

    def version(name):
        if name not in there:
            raise PackageNotFoundError(name)
        return there[name]

    monkeypatch.setattr(checkup, "version", version)
    found = next(finding for finding in checkup._packages() if finding.name == "onnxruntime")
    assert found.ready and found.detail == "1.31.1 (onnxruntime-gpu)"
    assert list(checkup._two_runtimes()) == []
    there["onnxruntime"] = "1.31.1"
    (told,) = checkup._two_runtimes()
    assert not told.ready and not told.needed
    assert "Keep one: pip uninstall onnxruntime onnxruntime-gpu" in told.detail


def test_cuda_without_onnx_is_told(monkeypatch):
    """As if onnxruntime offered CUDA and it ran; whether onnx is there is really asked."""
    import onnxruntime as ort

    class Session:
        def get_providers(self):
            return ["CUDAExecutionProvider"]

    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(ort, "InferenceSession", lambda *a, **k: Session())
    (found,) = checkup._providers()
    assert found.detail == "runs"
    monkeypatch.setattr(checkup, "find_spec", lambda name: None)
    (found,) = checkup._providers()
    assert "pip install 'inksight-cli[cuda]'" in found.detail


def test_why_cuda_does_not_start_is_told():
    """As onnxruntime-gpu 1.31.1 prints it on a machine without a driver."""
    said = "EP Error cuda_call.cc:146 CUDA failure 35: CUDA driver version is insufficient for CUDA"
    assert checkup._not_started(said + " runtime version ; GPU=-1 ; hostname=vm").endswith(
        "does not start here (CUDA driver version is insufficient for CUDA runtime version)"
    )
    assert checkup._not_started("").endswith("does not start here")


def test_a_broken_plug_in_is_told_with_its_reason():
    broken = Registry("inksight.formats", broken={"odd": "ImportError: no ink"})
    (found,) = checkup._broken("format", broken)
    assert found == Finding(
        "format", "odd", False, "its package cannot be imported: ImportError: no ink"
    )


def test_the_probe_is_a_graph_that_runs():
    import numpy as np
    import onnxruntime as ort

    session = ort.InferenceSession(checkup._identity_graph(), providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": np.array([3.5], np.float32)})
    assert y.tolist() == [3.5]
