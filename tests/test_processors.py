"""What a processor can do must not decide what is written: the example page, everywhere alike.

Libraries choose their kernels by what a processor offers, and the last bits of their sums differ.
Variables make them choose as an older one would, each in a process of its own.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "examples" / "page.jpg"
OPENCV, NUMPY, BLAS = "OPENCV_CPU_DISABLE", "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE"
PROCESSORS = {
    "without AVX-512, as many of AMD's": {
        OPENCV: "AVX512-SKX",
        NUMPY: "X86_V4,AVX512_ICL",
        BLAS: "Haswell",
    },
    "another BLAS": {BLAS: "Nehalem"},
}


def ink(folder: Path, **variables: str) -> bytes:
    """The example page's ink, by the command."""
    out = folder / "page.json"
    code = "from inksight_cli.commands.app import command; command()"
    call = [sys.executable, "-c", code, "derender", str(PAGE), "-o", str(out)]
    ran = subprocess.run(call, env={**os.environ, **variables}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return out.read_bytes()


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> bytes:
    return ink(tmp_path_factory.mktemp("here"))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="for x86 alone")
@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_example_page_is_the_same_on_another_processor(here, tmp_path, processor):
    assert ink(tmp_path, **PROCESSORS[processor]) == here
